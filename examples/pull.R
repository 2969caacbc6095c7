# The answers of a dialogue in R, with the codebook's labels. Needs readr: install.packages("readr")
# SNAK_URL=http://127.0.0.1:8080/v1/dialogues/nordby-bibliotek/aabningstider SNAK_TOKEN=snak_… Rscript pull.R
url <- Sys.getenv("SNAK_URL")
header <- c(Authorization = paste("Bearer", Sys.getenv("SNAK_TOKEN")))
read <- function(file) readr::read_csv(readr::read_file(base::url(paste0(url, "/", file), headers = header)), show_col_types = FALSE)
answers <- read("responses.csv")
book <- subset(read("codebook.csv"), table == "responses" & !is.na(code))
for (name in intersect(unique(book$name[book$type %in% c("choice", "yesno")]), names(answers))) {
  options <- book[book$name == name, ]
  answers[[name]] <- factor(answers[[name]], levels = options$code, labels = options$label_da)
}
print(summary(answers))
