using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Who talks with an assistant in a test: the model once more, in the role of the person that the test describes.</summary>
internal static class TestCaller
{
    private const string Role = """
        You play a person who writes to an assistant, so that the assistant is tested. Stay in this role: write only what the person writes
        next, in short plain sentences, and nothing about the test. Who the person is and what they want:

        """;
    private const string LastWords = "\n\nWhen the person has what they want, or gives up, say goodbye and call hangup.";
    private const string Ends = "Ends the conversation, behind what you write with it.";
    private const string Begin = "(The conversation begins. Write the person's first words.)";
    private const int SecondsToWrite = 30;

    public static WrittenAgent Of(JsonObject test, string model) => new(new()
    {
        // What a test says is no template.
        ["instructions"] = $"{Role}{TextMark.Unmarked(test.Text("instructions") ?? "")}{LastWords}",
        ["telephone_note"] = false, ["first_token_secs"] = SecondsToWrite, ["between_tokens_secs"] = SecondsToWrite,
        ["tools"] = new JsonArray(new JsonObject { ["kind"] = "hangup", ["description"] = Ends }),
    }, model)
    { MayHangUp = true };

    /// <summary>The conversation as the person sees it, who was told what the assistant wrote, and knows nothing of its tools.</summary>
    public static IReadOnlyList<WrittenMessage> Seen(IReadOnlyList<WrittenMessage> history) =>
    [
        new("user", Begin, DateTimeOffset.MinValue),
        .. history.Where(message => message is { Role: "user" or "assistant", Text.Length: > 0 })
            .Select(message => new WrittenMessage(message.Role is "user" ? "assistant" : "user", message.Text, message.At)),
    ];
}
