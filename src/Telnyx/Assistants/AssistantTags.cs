using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Words by which people sort their assistants. They belong to the assistant, whatever its version.</summary>
internal static class AssistantTags
{
    private const string Id = AssistantRecords.AssistantId, Tags = AssistantRecords.Tags, Tag = "tag";
    private const int Most = 50, MostAssistants = 10_000;
    private const string Empty = "A tag has at least one character.";
    private static readonly string TooMany = $"An assistant has at most {Most} tags.";

    /// <summary>Asks for all that have any.</summary>
    public static readonly ResourceQuery Tagged = new() { Filters = [new(Tags, "exists", ["true"])], Limit = MostAssistants };

    /// <summary>Those of all assistants, in their order.</summary>
    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        var page = await AssistantRecords.Rows(parts.Store).ListAsync(op.Tenant, Tagged, op.Stop);
        return Show(op, page.Rows.SelectMany(row => row.Body.Texts(Tags)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// What newer clients say of them where they make or change an assistant, which is why it cannot be; null when nothing is wrong.
    /// No schema has looked at it: the contract does not know it.
    /// </summary>
    /// <param name="tags">All that it is to have; null when the request does not say.</param>
    public static Reply? Read(OperationContext op, out IReadOnlyList<string>? tags)
    {
        tags = null;
        if (op.Body.ValueKind is not JsonValueKind.Object || !op.Body.TryGetProperty(Tags, out var said)) return null;
        if (said.ValueKind is JsonValueKind.Null)
        {
            tags = [];
            return null;
        }
        if (said.ValueKind is not JsonValueKind.Array || said.EnumerateArray().Any(tag => tag.ValueKind is not JsonValueKind.String))
            return op.Invalid("/" + Tags, VoiceErrors.BadRequest, $"{Tags} must be a list of texts.");
        var given = said.EnumerateArray().Select(tag => tag.GetString()!.Trim()).Distinct(StringComparer.Ordinal).ToList();
        if (given.Contains("")) return op.Invalid("/" + Tags, VoiceErrors.BadLength, Empty);
        if (given.Count > Most) return op.Invalid("/" + Tags, VoiceErrors.BadLength, TooMany);
        tags = given;
        return null;
    }

    /// <summary>Writes them into the document of an assistant, in the place of those that it has.</summary>
    public static void Put(JsonObject body, IReadOnlyList<string> tags)
    {
        if (tags.Count == 0) body.Remove(Tags);
        else body[Tags] = Array(tags);
    }

    /// <summary>A second time changes nothing.</summary>
    public static ValueTask<Reply> Add(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), Id, row =>
        {
            string tag = op.ReadObject().Text(Tag)!.Trim();     // the schema demands it
            if (tag.Length == 0) return new(new Revised(op.Invalid("/" + Tag, VoiceErrors.BadLength, Empty)));
            var tags = row.Body.Texts(Tags);
            if (tags.Contains(tag)) return new(new Revised(Show(op, tags)));
            return new(tags.Count < Most ? With(op, row, [.. tags, tag])
                : new Revised(op.Invalid("/" + Tag, VoiceErrors.BadLength, TooMany)));
        });

    public static ValueTask<Reply> Remove(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), Id, row =>
        {
            var tags = row.Body.Texts(Tags);
            string tag = op.Path(Tag);
            return new(tags.Contains(tag) ? With(op, row, [.. tags.Where(t => t != tag)]) : new Revised(op.Unknown(Tag)));
        });

    private static Revised With(OperationContext op, ResourceRow row, IReadOnlyList<string> tags)
    {
        var body = row.Body.DeepClone().AsObject();
        Put(body, tags);
        return new(Show(op, tags), row with { Body = body, UpdatedAt = op.Now },
            op.Note("updated", AssistantRecords.Kind, row.Id, row.Body));
    }

    private static Reply Show(OperationContext op, IEnumerable<string> tags) => op.Bare(200, new JsonObject { [Tags] = Array(tags) });

    private static JsonArray Array(IEnumerable<string> tags) => new([.. tags.Select(tag => (JsonNode)tag)]);
}
