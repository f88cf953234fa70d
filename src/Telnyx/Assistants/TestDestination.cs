using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Whom a test talks with: an assistant by its id, or by a number of the account whose TeXML application is its own.</summary>
internal static class TestDestination
{
    /// <returns>Null when it names no assistant of this account.</returns>
    public static async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string destination, Database store, CancellationToken stop)
    {
        var assistants = AssistantRecords.Rows(store);
        if (await assistants.FindAsync(tenant, destination, stop) is { } named) return named;
        if (store.Routing.Current.FindOwnNumber(destination) is not { Connection: { } application } number || number.Tenant != tenant)
            return null;
        var page = await assistants.ListAsync(tenant, new()
        {
            Filters = [new($"{AssistantBody.Telephony}.{AssistantBody.DefaultApplication}", "eq", [application.ToString()])],
            IsDescending = true, Limit = 1,
        }, stop);
        return page.Rows is [var row] ? row : null;
    }
}
