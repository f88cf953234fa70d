using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Which share of an assistant's conversations other versions get than the main one. It stands in the assistant's document.
/// </summary>
internal static class CanaryDeploys
{
    private const string Id = AssistantRecords.AssistantId, Canary = AssistantRecords.Canary, Versions = "versions",
        Version = AssistantRecords.VersionId, Percentage = "percentage", CreatedAt = "created_at", UpdatedAt = "updated_at";

    public static bool Names(ResourceRow assistant, string version) =>
        (assistant.Body.Child(Canary)?[Versions] as JsonArray ?? []).OfType<JsonObject>().Any(v => v.Text(Version) == version);

    /// <summary>The version that a conversation gets beside the main one; null for the main one. The same whenever it is asked.</summary>
    public static string? Draw(ResourceRow assistant, Guid conversation)
    {
        decimal place = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(conversation.ToByteArray())) * 100m / (1L << 32);
        foreach (var version in (assistant.Body.Child(Canary)?[Versions] as JsonArray ?? []).OfType<JsonObject>())
        {
            // It was checked when it was kept.
            place -= decimal.Parse(version[Percentage]!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
            if (place < 0) return version.Text(Version);
        }
        return null;
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts) =>
        await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is { } row
            && row.Body.Child(Canary) is { } canary ? op.Bare(200, Show(row.Id, canary)) : Missing(op);

    public static ValueTask<Reply> Create(OperationContext op, AssistantParts parts) => PutAsync(op, parts, isNew: true);

    /// <summary>All of it is replaced.</summary>
    public static ValueTask<Reply> Update(OperationContext op, AssistantParts parts) => PutAsync(op, parts, isNew: false);

    public static ValueTask<Reply> Delete(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), Id, row =>
        {
            if (row.Body.Child(Canary) is null) return new(new Revised(Missing(op)));
            var body = row.Body.DeepClone().AsObject();
            body.Remove(Canary);
            return new(new Revised(op.NoContent(), row with { Body = body, UpdatedAt = op.Now },
                op.Note("updated", AssistantRecords.Kind, row.Id, row.Body)));
        });

    private static ValueTask<Reply> PutAsync(OperationContext op, AssistantParts parts, bool isNew) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), Id, async row =>
        {
            var before = row.Body.Child(Canary);
            if (isNew && before is not null)
                return new(op.Fail(new Problem(VoiceErrors.BadRequest, "The assistant has a canary deploy already.") { Status = 400 }));
            if (!isNew && before is null) return new(Missing(op));
            var versions = op.ReadObject()[Versions]!.AsArray();        // the schema demands it
            if (await CheckAsync(op, row, versions, parts) is { } problem) return new(op.Fail(problem));
            var now = op.Now;
            var canary = new JsonObject
            {
                [Versions] = new JsonArray([.. versions.OfType<JsonObject>().Select(v => (JsonNode)new JsonObject
                {
                    [Version] = v.Text(Version), [Percentage] = v[Percentage]!.DeepClone(),     // the same
                })]),
                [CreatedAt] = before?.Text(CreatedAt) ?? TelnyxTime.Millis(now),
                [UpdatedAt] = TelnyxTime.Millis(now),
            };
            var body = row.Body.DeepClone().AsObject();
            body[Canary] = canary;
            return new(op.Bare(200, Show(row.Id, canary)), row with { Body = body, UpdatedAt = now },
                op.Note("updated", AssistantRecords.Kind, row.Id, row.Body));
        });

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, ResourceRow row, JsonArray versions, AssistantParts parts)
    {
        if (versions.Count == 0) return At("", "versions must name at least one version.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        decimal sum = 0;
        for (int i = 0; i < versions.Count; i++)
        {
            var version = versions[i]!.AsObject();      // the same
            string id = version.Text(Version)!;
            decimal percentage = decimal.TryParse(version[Percentage]!.ToJsonString(), NumberStyles.Float,
                CultureInfo.InvariantCulture, out decimal number) ? number : 0;
            if (percentage is <= 0 or >= 100) return At($"/{i}/{Percentage}", "percentage must be above 0 and below 100.");
            if (!seen.Add(id)) return At($"/{i}/{Version}", "This version is named twice.");
            if (row.Body.Text(Version) == id) return At($"/{i}/{Version}", "This is the main version, which gets what the others leave.");
            if (await AssistantRecords.FindVersionAsync(op, row.Id, id, parts.Store) is null)
                return AssistantBody.Nowhere(op, $"/{Versions}/{i}/{Version}", "The assistant has no version of this id.");
            sum += percentage;
        }
        return sum < 100 ? null : At("", "The percentages must sum up to less than 100: the rest is the main version's.");
    }

    private static JsonObject Show(string assistant, JsonObject canary)
    {
        var shown = canary.DeepClone().AsObject();
        shown[Id] = assistant;
        return shown;
    }

    private static Reply Missing(OperationContext op) => op.Unknown(Id, "There is no such assistant, or it has no canary deploy.");

    private static Problem At(string pointer, string detail) => new(VoiceErrors.BadRange, detail) { Pointer = $"/{Versions}{pointer}" };
}
