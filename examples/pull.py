"""The answers of a dialogue in pandas, with the codebook's labels. Needs pandas: pip install pandas

SNAK_URL=http://127.0.0.1:8080/v1/dialogues/nordby-bibliotek/aabningstider SNAK_TOKEN=snak_… python pull.py
"""
import os
import pandas as pd

url, header = os.environ["SNAK_URL"], {"Authorization": "Bearer " + os.environ["SNAK_TOKEN"]}
read = dict(storage_options=header, dtype=str, keep_default_na=False)
answers = pd.read_csv(f"{url}/responses.csv", **read)
book = pd.read_csv(f"{url}/codebook.csv", **read)
for name, options in book[(book["table"] == "responses") & (book["code"] != "")].groupby("name"):
    labels = dict(zip(options["code"], options["label_da"]))
    answers[name] = ["; ".join(labels.get(code, code) for code in codes.split()) for codes in answers[name]]
print(answers.to_csv(index=False), end="")
