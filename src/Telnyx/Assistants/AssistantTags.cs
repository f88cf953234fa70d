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

    /// <summary>Asks for all that have any.</summary>
    public static readonly ResourceQuery Tagged = new() { Filters = [new(Tags, "exists", ["true"])], Limit = MostAssistants };

    /// <summary>Those of all assistants, in their order.</summary>
    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        var page = await AssistantRecords.Rows(parts.Store).ListAsync(op.Tenant, Tagged, op.Stop);
        return Show(op, page.Rows.SelectMany(row => row.Body.Texts(Tags)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>A second time changes nothing.</summary>
    public static ValueTask<Reply> Add(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), Id, row =>
        {
            string tag = op.ReadObject().Text(Tag)!.Trim();     // the schema demands it
            if (tag.Length == 0) return new(new Revised(op.Invalid("/" + Tag, VoiceErrors.BadLength, "A tag has at least one character.")));
            var tags = row.Body.Texts(Tags);
            if (tags.Contains(tag)) return new(new Revised(Show(op, tags)));
            return new(tags.Count < Most ? With(op, row, [.. tags, tag])
                : new Revised(op.Invalid("/" + Tag, VoiceErrors.BadLength, $"An assistant has at most {Most} tags.")));
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
        if (tags.Count == 0) body.Remove(Tags);
        else body[Tags] = Array(tags);
        return new(Show(op, tags), row with { Body = body, UpdatedAt = op.Now },
            op.Note("updated", AssistantRecords.Kind, row.Id, row.Body));
    }

    private static Reply Show(OperationContext op, IEnumerable<string> tags) => op.Bare(200, new JsonObject { [Tags] = Array(tags) });

    private static JsonArray Array(IEnumerable<string> tags) => new([.. tags.Select(tag => (JsonNode)tag)]);
}
