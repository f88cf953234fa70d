using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using Ringwright.Chakra.Calling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;

namespace Ringwright.Chakra.Plugins;

/// <summary>
/// Takes in what other providers tell of calls: by a token of the team, or at the team's own address, whose secret and signature are
/// looked at before anything else. What is not believed leaves nothing behind.
/// </summary>
internal sealed class PluginEvents(ChakraCalls calls, ChakraPlugins plugins, ChakraParts parts)
{
    public const int MostBytes = 512 * 1024;

    private const int MostFields = 500;

    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = Http.Limits.BodyDepth, AllowDuplicateProperties = false };

    public async ValueTask<Reply> OfTeam(OperationContext op, Stream body) => ProviderTables.Knows(op.Path("provider"))
        ? await TakeAsync(op, op.Tenant, PayloadOf(op, await ReadAsync(body, op.Stop))) : op.Unknown("provider");

    public async ValueTask<Reply> OfProvider(OperationContext op, Stream body)
    {
        if (await FindAsync(op) is not { } row) return op.Unknown("provider");
        byte[] bytes = await ReadAsync(body, op.Stop);
        return IsSigned(op, row, IsForm(op) ? FormOf(bytes) : null, bytes) ? await TakeAsync(op, row.Tenant, PayloadOf(op, bytes))
            : Disbelieve(op);
    }

    /// <summary>The same by a query, as providers tell it that are asked to use GET. They sign the query, for there is no body.</summary>
    public async ValueTask<Reply> OfQuery(OperationContext op)
    {
        if (await FindAsync(op) is not { } row) return op.Unknown("provider");
        // Of a name that stands twice the last counts.
        var fields = op.Query.Pairs.GroupBy(pair => pair.Key, StringComparer.Ordinal).Select(same => same.Last());
        return IsSigned(op, row, [], Encoding.UTF8.GetBytes(op.RawQuery.TrimStart('?')))
            ? await TakeAsync(op, row.Tenant, Kept(ObjectOf(fields))) : Disbelieve(op);
    }

    /// <summary>What the team has said of the provider, for whoever knows the secret of its address; null for everybody else.</summary>
    private async ValueTask<ResourceRow?> FindAsync(OperationContext op)
    {
        var (provider, said) = (op.Path("provider"), op.Path("secret"));
        var team = Guid.TryParseExact(op.Path("team"), "D", out var id) ? new TenantId(id) : default;
        var row = op.Routing.FindTenant(team) is { IsDisabled: false } && ProviderTables.Knows(provider)
            ? await plugins.FindAsync(team, provider, op.Stop) : null;
        return plugins.Keys.IsPath(team, provider, (string?)row?.Body[ChakraPlugins.Nonce], said) ? row : null;
    }

    private static Reply Disbelieve(OperationContext op) =>
        op.Fail(Fault.Forbidden, "The event is not believed: its signature is not the provider's.");

    /// <param name="form">Of the body; null where it is none.</param>
    /// <param name="bytes">What is signed where not the address is.</param>
    private static bool IsSigned(OperationContext op, ResourceRow row, IReadOnlyList<KeyValuePair<string, string>>? form, byte[] bytes)
    {
        var (provider, secret) = (op.Path("provider"), (string?)row.Body[ChakraPlugins.Secret]);
        if (provider is not ChakraPlugins.Twilio)
            return secret is null || PluginKeys.IsPlain(op.Header(PluginKeys.PlainSignature), secret, bytes);
        string path = ChakraPlugins.PathOf(row.Tenant, provider, op.Path("secret")) + op.RawQuery;
        string url = op.Links.Origin is not null ? op.Links.To(path) : $"{(op.IsSecure ? "https" : "http")}://{op.Header("Host")}{path}";
        return secret is not null && form is not null
            && PluginKeys.IsTwilios(op.Header(PluginKeys.TwilioSignature), secret, url, form);
    }

    private async ValueTask<Reply> TakeAsync(OperationContext op, TenantId team, JsonObject? payload)
    {
        string provider = op.Path("provider");
        if (payload is null) return op.Fail(Fault.BadJson, $"An event is a JSON object or a form, of at most {MostFields} fields.");
        var read = ProviderEvent.Read(provider, payload, op.Now);
        var told = read with { From = PartyOf(read.From), To = PartyOf(read.To) };
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

    private string? PartyOf(string? said) => said is null ? null : SaidParties.Of(parts, said);

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
            var said = ((ReadOnlySpan<byte>)bytes).TrimStart(" \t\r\n\uFEFF"u8);
            // curl says of JSON that it is a form, where nobody tells it otherwise.
            return Kept(IsForm(op) && said is not [(byte)'{', ..] ? ObjectOf(FormOf(bytes))
                : JsonNode.Parse(said, documentOptions: Parsing) as JsonObject);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            // The latter for half a surrogate pair, and for names that stand twice.
            return null;
        }
    }

    private static JsonObject ObjectOf(IEnumerable<KeyValuePair<string, string>> fields) =>
        new JsonObject(fields.Select(field => new KeyValuePair<string, JsonNode?>(field.Key, field.Value)));

    /// <summary>What cannot be written again, or not into every database, cannot be kept: then null.</summary>
    private static JsonObject? Kept(JsonObject? payload) => payload is { Count: > 0 and <= MostFields }
        && !payload.ToJsonString().Contains(@"\u0000", StringComparison.Ordinal) ? payload : null;

    private static async ValueTask<byte[]> ReadAsync(Stream body, CancellationToken stop)
    {
        using var all = new MemoryStream();
        await body.CopyToAsync(all, stop);
        return all.ToArray();
    }
}
