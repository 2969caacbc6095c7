# With a client made from the description: what there is, the answers of the first dialogue, and their report.
import sys

from client import AuthenticatedClient
from client.api.dialogues import list_
from client.api.report import json as report
from client.api.responses import json as responses
from client.models import JsonValues

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
dialogue = list_.sync(client=client).dialogues[0]
institution, name = dialogue.path.split("/")
print(dialogue.path, dialogue.responses, dialogue.additional_properties["title"]["da"])
for row in responses.sync(institution, name, client=client, values=JsonValues.LABEL, lang="da"):
    print(row.status, row.place, row.answers.additional_properties["fri"])
found = report.sync(institution, name, client=client)
print(found.counted, found.questions[0].text["da"], found.questions[0].answered)
