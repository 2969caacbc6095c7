# The answers of a dialogue in R, with the codebook's labels. Needs readr: install.packages("readr")
# SNAK_URL=http://127.0.0.1:8080/v1/dialogues/nordby-bibliotek/aabningstider SNAK_TOKEN=snak_… Rscript pull.R
header <- c(Authorization = paste("Bearer", Sys.getenv("SNAK_TOKEN")))
read <- function(file) {
  from <- url(paste0(Sys.getenv("SNAK_URL"), "/", file), headers = header, method = "libcurl")
  readr::read_csv(from, show_col_types = FALSE)
}
answers <- read("responses.csv")
options <- subset(read("codebook.csv"), table == "responses" & type %in% c("choice", "yesno") & !is.na(code))
for (name in unique(options$name)) {
  own <- options[options$name == name, ]
  answers[[name]] <- factor(answers[[name]], levels = own$code, labels = own$label_da)
}
print(summary(answers))
