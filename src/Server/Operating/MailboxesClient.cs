using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>Voicemail, as the commands speak of it: by the number, which one account has.</summary>
internal static class MailboxesClient
{
    private const string Path = "operator/v1/mailboxes";

    /// <param name="tenant">Null lists those of all accounts.</param>
    public static async Task<JsonArray> ListAsync(AdminClient client, string? tenant, CancellationToken stop) => await client.ListAsync(
        tenant is null ? Path : $"{Path}?account_id={(await AccountsClient.FindAsync(client, tenant, stop))["id"]}", stop);

    public static async Task<JsonArray> ListMessagesAsync(AdminClient client, string number, CancellationToken stop) =>
        await client.ListAsync(await PathAsync(client, number, stop), stop);

    /// <summary>A WAV file.</summary>
    public static async Task<byte[]> FetchAsync(AdminClient client, string number, string id, CancellationToken stop) =>
        await client.FetchAsync($"{await PathAsync(client, number, stop)}/{Uri.EscapeDataString(id)}", stop);

    public static async Task<JsonNode> DeleteAsync(AdminClient client, string number, string id, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Delete, $"{await PathAsync(client, number, stop)}/{Uri.EscapeDataString(id)}", null, stop);

    /// <exception cref="StartRefused">The number has no voicemail.</exception>
    private static async Task<string> PathAsync(AdminClient client, string number, CancellationToken stop)
    {
        var found = await client.ListAsync($"{Path}?phone_number={Uri.EscapeDataString(number)}", stop);
        return found is [{ } box] ? $"operator/v1/accounts/{box["account_id"]}/numbers/{box["number_id"]}/messages"
            : throw new StartRefused($"{number} has no voicemail (ringwright voicemail list shows what has)");
    }
}
