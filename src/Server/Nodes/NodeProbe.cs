using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Nodes;

/// <summary>May new work come to a node, asked from outside: by the socket of its data folder, or at its public address.</summary>
internal static class NodeProbe
{
    /// <summary>One that takes longer to say so takes no work either.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>Where its API is, and why it takes no work; the latter is null when it does.</returns>
    public static async Task<(string Where, string? Trouble)> AskAsync(AdminClient client, string data, CancellationToken stop)
    {
        if (await client.FindNodeAsync(stop) is not { } status) return (data, $"no node runs on {data}");
        return (status.Http, status.IsReady ? null : Joined(status.Troubles));
    }

    /// <param name="http">Its base address is that of the node.</param>
    /// <returns>The same.</returns>
    public static async Task<(string Where, string? Trouble)> AskAsync(HttpClient http, CancellationToken stop)
    {
        string where = http.BaseAddress!.AbsoluteUri.TrimEnd('/'); // as it must be
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await http.GetAsync("readyz", patience.Token);
            if (answer.IsSuccessStatusCode) return (where, null);
            return (where, Reasons(await answer.Content.ReadAsStringAsync(patience.Token))
                ?? $"{where}/readyz answers {(int)answer.StatusCode}");
        }
        catch (HttpRequestException away)
        {
            return (where, $"{where} does not answer: {away.Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (where, $"{where} does not answer within {Patience.TotalSeconds:F0} s");
        }
    }

    private static string Joined(IReadOnlyList<string> troubles) =>
        troubles.Count > 0 ? string.Join(' ', troubles) : "The node is starting or stopping.";

    /// <summary>Null where it is no answer of a node's.</summary>
    private static string? Reasons(string answer)
    {
        try
        {
            return JsonNode.Parse(answer)?["why"] is JsonArray { Count: > 0 } why ? Joined([.. why.Select(one => $"{one}")]) : null;
        }
        catch (Exception strange) when (strange is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
