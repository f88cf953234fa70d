using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>What no text of any account may say.</summary>
internal static class ContentRules
{
    public static async ValueTask<Reply> List(OperationContext op, TextContentTable rules)
    {
        var all = await rules.ListAsync(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(rule => (JsonNode)Show(rule))], all.Count);
    }

    public static async ValueTask<Reply> Add(OperationContext op, TextContentTable rules)
    {
        string phrase = ((string)op.ReadObject()["phrase"]!).Trim();        // required
        if (TextContent.Normal(phrase).Trim().Length == 0 || phrase.Contains('\0'))
            return op.Invalid("/phrase", "invalid", "phrase must have a letter or a digit: these are compared.");
        return await rules.AddAsync(phrase, op.Stop) is { } rule ? op.Created(Show(rule))
            : op.Fail(new Problem("duplicate", $"There is a rule of these words, or there are {TextContentTable.Most} already.")
            {
                Pointer = "/phrase"
            });
    }

    public static async ValueTask<Reply> Remove(OperationContext op, TextContentTable rules) =>
        Guid.TryParse(op.Path("id"), out var id) && await rules.RemoveAsync(id, op.Stop) is { } rule ? op.Ok(Show(rule))
            : op.Unknown("id");

    private static JsonObject Show(ContentRule rule) => new()
    {
        ["record_type"] = "content_rule",
        ["id"] = rule.Id.ToString(),
        ["phrase"] = rule.Phrase,
        ["created_at"] = OperatorTime.Write(rule.CreatedAt),
    };
}
