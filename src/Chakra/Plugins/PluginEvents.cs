using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using Ringwright.Chakra.Calling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;

namespace Ringwright.Chakra.Plugins;

/// <summary>
/// Takes in what other providers tell of calls: by a token of the team, or at the team's own address, whose secret and signature are
/// looked at before anything else. What is not believed leaves nothing behind.
/// </summary>
internal sealed class PluginEvents(ChakraCalls calls, ChakraPlugins plugins)
{
    public const int MostBytes = 512 * 1024;

    private const int MostFields = 500;

    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = Http.Limits.BodyDepth, AllowDuplicateProperties = false };

    public async ValueTask<Reply> OfTeam(OperationContext op, Stream body) => ProviderTables.Knows(op.Path("provider"))
        ? await TakeAsync(op, op.Tenant, await ReadAsync(body, op.Stop)) : op.Unknown("provider");

    public async ValueTask<Reply> OfProvider(OperationContext op, Stream body)
    {
        var (provider, said) = (op.Path("provider"), op.Path("secret"));
        var team = Guid.TryParseExact(op.Path("team"), "D", out var id) ? new TenantId(id) : default;
        var row = op.Routing.FindTenant(team) is { IsDisabled: false } && ProviderTables.Knows(provider)
            ? await plugins.FindAsync(team, provider, op.Stop) : null;
        if (!plugins.Keys.IsPath(team, provider, (string?)row?.Body[ChakraPlugins.Nonce], said)) return op.Unknown("provider");
        byte[] bytes = await ReadAsync(body, op.Stop);
        return IsSigned(op, ChakraPlugins.PathOf(team, provider, said), provider, (string?)row!.Body[ChakraPlugins.Secret], bytes)
            ? await TakeAsync(op, team, bytes)
            : op.Fail(Fault.Forbidden, "The event is not believed: its signature is not the provider's.");
    }

    /// <param name="path">To which it was sent.</param>
    private static bool IsSigned(OperationContext op, string path, string provider, string? secret, byte[] bytes)
    {
        if (provider is not ChakraPlugins.Twilio)
            return secret is null || PluginKeys.IsPlain(op.Header(PluginKeys.PlainSignature), secret, bytes);
        string url = op.Links.Origin is not null ? op.Links.To(path) : $"{(op.IsSecure ? "https" : "http")}://{op.Header("Host")}{path}";
        return secret is not null && IsForm(op)
            && PluginKeys.IsTwilios(op.Header(PluginKeys.TwilioSignature), secret, url, FormOf(bytes));
    }

    private async ValueTask<Reply> TakeAsync(OperationContext op, TenantId team, byte[] bytes)
    {
        string provider = op.Path("provider");
        if (PayloadOf(op, bytes) is not { } payload)
            return op.Fail(Fault.BadJson, $"An event is a JSON object or a form, of at most {MostFields} fields.");
        var told = ProviderEvent.Read(provider, payload, op.Now);
        if (told.CallId is not { } theirs) return op.Fail(new Problem("INVALID", "The event does not say of which call it is."));
        string id = Guid.CreateVersion7(op.Now).ToString();
        var changed = await calls.Notes.ChangeAsync(
            db => ChakraNotes.FindByProvider(db, team, provider, theirs),
            before => told.Lack(isNew: before is null) is { } lack ? new Problem("INVALID", $"The event does not say {lack}.")
                : ProviderMerge.Next(before ?? new()
                {
                    TenantId = team, Id = id, IsLogged = true, Provider = provider, ProviderCallId = theirs, CreatedAt = op.Now,
                    UpdatedAt = op.Now,
                }, told, op.Now, isNew: before is null),
            note => op.Note("logged", ChakraCalls.RecordType, note.Id) with { Tenant = team, By = AuditActor.Node },
            calls.TellLogged, op.Stop);
        return changed.Note is not { } now ? op.Fail(changed.Problem!)       // one of the two
            : op.Ok((JsonNode)new JsonObject { ["id"] = now.Id, ["callStatus"] = now.CallStatus });
    }

    private static bool IsForm(OperationContext op) =>
        op.Header("Content-Type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is true;

    private static IReadOnlyList<KeyValuePair<string, string>> FormOf(byte[] bytes) =>
        [.. QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes))
            .Select(field => new KeyValuePair<string, string>(field.Key, field.Value.ToString()))];

    /// <summary>Null for what is no event.</summary>
    private static JsonObject? PayloadOf(OperationContext op, byte[] bytes)
    {
        try
        {
            if (!Utf8.IsValid(bytes)) return null;
            var payload = IsForm(op)
                ? new JsonObject(FormOf(bytes).Select(field => new KeyValuePair<string, JsonNode?>(field.Key, field.Value)))
                : JsonNode.Parse(bytes, documentOptions: Parsing) as JsonObject;
            // What cannot be written again, or not into every database, cannot be kept.
            return payload is { Count: > 0 and <= MostFields } && !payload.ToJsonString().Contains(@"\u0000", StringComparison.Ordinal)
                ? payload : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            // The latter for half a surrogate pair, and for names that stand twice.
            return null;
        }
    }

    private static async ValueTask<byte[]> ReadAsync(Stream body, CancellationToken stop)
    {
        using var all = new MemoryStream();
        await body.CopyToAsync(all, stop);
        return all.ToArray();
    }
}
