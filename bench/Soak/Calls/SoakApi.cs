using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Faults;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>
/// The API as the run's customer uses it: no answer may be a 5xx, and each request gets one,
/// but for the times in which a fault explains it.
/// </summary>
internal sealed class SoakApi(CustomerApi api, FaultLog faults) : IDisposable
{
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();

    /// <summary>What no fault explains.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Answers by status; 0 is none at all.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    /// <returns>The status, 0 when there was no answer, and what it held.</returns>
    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken stop) =>
        await SendTextAsync(method, path, body?.ToJsonString(), stop);

    /// <param name="body">Anything, JSON or not.</param>
    public async Task<(int Status, JsonNode? Body)> SendTextAsync(HttpMethod method, string path, string? body, CancellationToken stop)
    {
        var began = DateTimeOffset.UtcNow;
        try
        {
            var (status, text) = await api.TrySendAsync(method, path, body, stop);
            Count(status);
            if (status >= 500 && !faults.Explains(FaultEffect.Api, began, DateTimeOffset.UtcNow))
                _failures.Enqueue($"{began:HH:mm:ss} {method} {Short(path)}: {status} {text}");
            return (status, text.StartsWith('{') ? JsonNode.Parse(text) : null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            Count(0);
            if (!faults.Explains(FaultEffect.Api, began, DateTimeOffset.UtcNow))
                _failures.Enqueue($"{began:HH:mm:ss} {method} {Short(path)}: {e.Message}");
            return (0, null);
        }
    }

    public Task<(int Status, JsonNode? Body)> ActAsync(SoakCall call, string action, JsonObject? body, CancellationToken stop) =>
        SendAsync(HttpMethod.Post, $"calls/{Uri.EscapeDataString(call.Id)}/actions/{action}", body ?? [], stop);

    public void Dispose() => api.Dispose();

    private void Count(int status) => _statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);

    private static string Short(string path) => path.Length > 80 ? path[..80] + "…" : path;
}
