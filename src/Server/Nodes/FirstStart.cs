using Ringwright.Calls;
using Ringwright.Server.Settings;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Nodes;

/// <summary>Makes the first account and the keys that nobody gave, and prints each secret once.</summary>
internal static class FirstStart
{
    public const string AccountName = "default";
    private const string BootstrapLabel = "--api-key", ShortLabel = "--api-key, short", MadeLabel = "made at the first start";

    public static async Task RunAsync(Database database, ServeSettings settings, TextWriter output, CancellationToken stop)
    {
        var tenants = await database.Tenants.ListAsync(stop);
        if (tenants.Count == 0) await MakeAccountAsync(database, settings, output, stop);
        else
        {
            await RefuseShortKeyAsync(database, settings, tenants[0], stop);
            if (settings.ApiKey is { } given && await database.ApiKeys.FindAsync(given, stop) is null)
                await AddKeyAsync(database, tenants[0], given, LabelOf(given), stop);
        }

        if (settings.OperatorKey is { } key)
        {
            if (!await database.OperatorKeys.IsKnownAsync(key, stop)) await database.OperatorKeys.AddAsync(key, stop);
        }
        else if (settings.NeedsOperatorKey && !await database.OperatorKeys.AnyAsync(stop))
        {
            string made = ApiKeyTable.NewText();
            await database.OperatorKeys.AddAsync(made, stop);
            await output.WriteLineAsync($"Operator key for {settings.Admin}, shown this once:\n  {made}");
        }
    }

    private static async Task MakeAccountAsync(Database database, ServeSettings settings, TextWriter output, CancellationToken stop)
    {
        var made = await database.Tenants.CreateAsync(AccountName, TenantLimits.None, parent: null, stop)
            ?? throw new StartRefused($"the account '{AccountName}' could not be made");
        string key = settings.ApiKey ?? ApiKeyTable.NewText();
        await AddKeyAsync(database, made.Tenant, key, settings.ApiKey is null ? MadeLabel : LabelOf(key), stop);
        await output.WriteLineAsync("The first account was made. Its secrets are shown this once:");
        if (settings.ApiKey is null) await output.WriteLineAsync($"  API key         {key}");
        await output.WriteLineAsync($"  webhook secret  {made.WebhookSecret}");
        await output.WriteLineAsync($"  account SID     AC{made.Tenant.Id.Value:N}");
        await output.WriteLineAsync($"  auth token      {made.AuthToken}");
    }

    /// <summary>A short key that was good for the laptop is not good for the world.</summary>
    private static async Task RefuseShortKeyAsync(Database database, ServeSettings settings, Tenant first, CancellationToken stop)
    {
        if (settings.IsOnLoopbackOnly) return;
        foreach (var key in await database.ApiKeys.ListAsync(first.Id, stop))
            if (key is { RevokedAt: null, Label: ShortLabel })
                throw new StartRefused(
                    $"an earlier start on loopback made an --api-key of fewer than {ServeSettings.SecretCharacters} characters, which can "
                    + $"be guessed from elsewhere: end it first with ringwright key revoke {key.Id} --data {settings.Data}");
    }

    private static string LabelOf(string key) => key.Length < ServeSettings.SecretCharacters ? ShortLabel : BootstrapLabel;

    private static async Task AddKeyAsync(Database database, Tenant tenant, string key, string label, CancellationToken stop) =>
        await database.ApiKeys.CreateAsync(tenant.Id, key, KeyRole.Owner, label, stop);
}
