using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Providers;

/// <summary>Reads which voices an agency has at its provider. Those of the node are not touched.</summary>
internal sealed class VoiceSync(AgencyParts parts)
{
    private const string RecordType = "agency_voice", First = "/api/voices?pageSize=100";
    private const int MostPages = 50, LongestText = 2_000;

    /// <summary>What was read before is there until all of the list is read.</summary>
    public async ValueTask<Reply> Sync(OperationContext op)
    {
        var (api, refusal) = await ProviderApi.ForAsync(op, parts);
        if (api is null) return refusal!;       // one of both is there
        var all = await api.ListAllAsync(First, MostPages, op.Stop);
        if (all.Fault is { } fault) return op.Fail(new Problem("provider_error", $"No voice was brought in step: {fault}."));
        var voices = new Dictionary<string, ProviderVoice>(StringComparer.Ordinal);
        int broken = 0;
        foreach (var row in all.Rows)
            if (Read(row) is { } voice) voices[voice.Id] = voice;
            else broken++;
        JsonObject StatsOf() => new() { ["synced"] = voices.Count, ["errors"] = broken };
        var agency = op.Caller.Root;
        var note = op.Note("synced", RecordType, agency.ToString(), null, StatsOf()) with { Tenant = agency };
        await parts.ProviderVoices.ReplaceAsync(agency, voices.Values, op.Now, note, op.Stop);
        return op.Ok(new JsonObject
        {
            ["message"] = $"{voices.Count} voices of the provider are there.", ["stats"] = StatsOf(),
        });
    }

    /// <returns>Null for what has no id or no name.</returns>
    private static ProviderVoice? Read(JsonObject row)
    {
        try
        {
            return TextOf(row, "voiceId") is not { } id || TextOf(row, "name") is not { } name ? null : new()
            {
                Id = id, Name = name, Description = TextOf(row, "description"), PrimaryLanguage = TextOf(row, "primaryLanguage"),
                PreviewUrl = TextOf(row, "previewUrl") is { } url && IsWeb(url) ? url : null,
                IsPublic = TextOf(row, "ownership") is not "private",
            };
        }
        catch (InvalidOperationException)
        {
            // Letters of which half is missing.
            return null;
        }
    }

    private static string? TextOf(JsonObject row, string name) =>
        row[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length is > 0 and <= LongestText
            && !text.Contains('\0', StringComparison.Ordinal) ? text : null;

    private static bool IsWeb(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var read) && read.Scheme is ("https" or "http");
}
