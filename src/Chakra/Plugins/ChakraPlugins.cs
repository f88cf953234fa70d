using System.Text.Json.Nodes;
using Ringwright.Chakra.Calling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Chakra.Plugins;

/// <summary>Which other providers tell a team of its calls, where, and how they sign.</summary>
internal sealed class ChakraPlugins(ChakraParts parts)
{
    public const string Secret = "signing_secret", Nonce = "nonce", Twilio = "twilio";

    private const string RecordType = "chakra_plugin", Signing = "signingSecret";
    private static readonly ResourceKind Kind = new(RecordType) { Secrets = [Secret] };

    public PluginKeys Keys { get; } = new(parts.Store);

    private IResourceRows Rows => parts.Store.Documents.Rows(Kind);

    public ValueTask<ResourceRow?> FindAsync(TenantId team, string provider, CancellationToken stop) =>
        Rows.FindAsync(team, provider, stop);

    public static string PathOf(TenantId team, string provider, string secret) =>
        $"{ChakraDialect.Root}/plugin/{provider}/event/{team}/{secret}";

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op.Tenant, op.Path("provider"), op.Stop) is { } row ? op.Ok(Show(op, row)) : op.Unknown("provider");

    /// <summary>Its address stays the same until it is deleted.</summary>
    public async ValueTask<Reply> Update(OperationContext op)
    {
        string provider = op.Path("provider");
        if (!ProviderTables.Knows(provider)) return op.Unknown("provider");
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        string? secret = (string?)op.ReadObject()[Signing];
        if (provider is Twilio && secret is null)
            return op.Fail(ChakraCalls.Invalid(Signing, "Twilio signs what it tells: signingSecret is its account's auth token."));
        for (int tries = 0; tries < 5; tries++)
        {
            var before = await FindAsync(op.Tenant, provider, op.Stop);
            var body = new JsonObject { [Nonce] = (string?)before?.Body[Nonce] ?? PluginKeys.NewNonce() };
            if (secret is not null) body[Secret] = secret;
            var now = op.Now;
            var row = before is null
                ? new()
                {
                    Id = provider, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now,
                }
                : before with { Body = body, UpdatedAt = now };
            var note = op.Note(before is null ? "created" : "updated", RecordType, provider, before?.Body, null, Nonce);
            var outcome = before is null ? await Rows.InsertAsync(row, note, op.Stop) : await Rows.UpdateAsync(row, note, op.Stop);
            if (outcome is WriteOutcome.Done) return op.Ok(Show(op, row));
        }
        return op.Fail(Fault.Conflict, "Others are changing this. Try again.");
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op.Tenant, op.Path("provider"), op.Stop) is not { } row) return op.Unknown("provider");
        var note = op.Note("deleted", RecordType, op.Path("provider"), row.Body, null, Nonce);
        await Rows.DeleteAsync(op.Tenant, row.Id, note, op.Stop);
        return op.Ok(Show(op, row));
    }

    private JsonObject Show(OperationContext op, ResourceRow row) => new()
    {
        ["provider"] = op.Path("provider"),
        ["url"] = op.Links.To(PathOf(op.Tenant, op.Path("provider"),
            Keys.PathSecretOf(op.Tenant, op.Path("provider"), (string)row.Body[Nonce]!))),        // written by us
        ["hasSigningSecret"] = row.Body[Secret] is not null,
        ["createdAt"] = ChakraTime.Millis(row.CreatedAt),
    };
}
