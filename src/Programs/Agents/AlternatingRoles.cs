using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// The messages of a conversation for models that want the two sides by turns, the user first, and know no system beside them: a greeting,
/// two messages of one side, a system's, or a caller's behind a tool's result are refused there by the template that makes one text of
/// all.
/// </summary>
internal static class AlternatingRoles
{
    private const string Role = "role", Content = "content", User = "user", Assistant = "assistant", Tool = "tool", Calls = "tool_calls";
    private const string Answered = "(The call was just answered.)", Unanswered = "(Nothing was said: the caller went on.)";
    private static readonly string[] Systems = ["system", "developer"];

    /// <summary>
    /// How servers say that they refuse the others: in the words of templates (Gemma, Mistral, Qwen), or in their own. Where something is
    /// told in the middle of a talk, a system's message is the last, which Mistral's and Anthropic's do not answer; Bedrock's none that
    /// begins with a greeting.
    /// </summary>
    private static readonly string[] Refusals =
    [
        "must alternate", "should alternate", "system role", "roles are supported", "system message must be", "role 'system'",
        "unexpected role", "no user query found", "expected last role", "must end with a user message", "assistant message prefill",
        "start with a user message", "first message must use", "first message in chat history", "cannot be provided in the same turn",
    ];

    public static bool AreWantedBy(string refusal) =>
        Array.Exists(Refusals, words => refusal.Contains(words, StringComparison.OrdinalIgnoreCase));

    public static JsonArray Of(JsonArray messages)
    {
        var turns = new List<JsonObject>();
        var system = new List<string>();
        foreach (var message in messages.OfType<JsonObject>())
        {
            string role = (string?)message[Role] ?? "";
            if (Systems.Contains(role))
            {
                if (turns.Count == 0)
                {
                    system.Add(TextOf(message));
                    continue;
                }
                role = User;
            }
            if (turns.Count == 0 && role is not User) turns.Add(Message(User, Answered));
            // Between a tool's result and what the caller says next they want an answer, and he may have interrupted it.
            if (role is User && turns is [.., var before] && (string?)before[Role] is Tool) turns.Add(Message(Assistant, Unanswered));
            if (turns is [.., var last] && CanJoin(last, message, role)) last[Content] = $"{TextOf(last)}\n{TextOf(message)}";
            else
            {
                var turn = message.DeepClone().AsObject();
                turn[Role] = role;
                turns.Add(turn);
            }
        }
        if (turns.Count == 0) turns.Add(Message(User, ""));
        if (system.Count > 0) turns[0][Content] = string.Join("\n\n", system.Append(TextOf(turns[0]))).TrimEnd();
        return new JsonArray([.. turns]);
    }

    private static bool CanJoin(JsonObject last, JsonObject next, string role) =>
        (string?)last[Role] == role && role is User or Assistant && last[Calls] is null && next[Calls] is null;

    private static JsonObject Message(string role, string text) => new() { [Role] = role, [Content] = text };

    private static string TextOf(JsonObject message) => (string?)message[Content] ?? "";
}
