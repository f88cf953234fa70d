using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Events;

/// <summary>
/// Follows an account's events and gives each to a local address as the webhook that it is, one after another, with a line for each.
/// </summary>
internal sealed class EventListener(EventsEndpoint endpoint, string? types, Uri to, TextWriter output) : IDisposable
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(5)];

    private readonly HttpClient _local = new() { Timeout = TimeSpan.FromSeconds(30) };
    /// <summary>Id of the last event that was given on; after a lost connection the node goes on behind it.</summary>
    private string? _last;

    /// <summary>Goes on until it is stopped; a node that goes away is waited for, one that was never there is not.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (int failures = 0; ; failures++)
        {
            try
            {
                using var response = await endpoint.FollowAsync(types, _last, stop);
                failures = 0;
                await using var body = await response.Content.ReadAsStreamAsync(stop);
                await foreach (var item in SseParser.Create(body).EnumerateAsync(stop)) await TakeAsync(item, stop);
            }
            catch (HttpRequestException away) when (_last is null)
            {
                throw endpoint.Unreachable(away);
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException)
            {
                // Said below.
            }
            if (failures == 0) await SayAsync("the node went away; what happens meanwhile comes when it is back");
            await Task.Delay(Waits[Math.Min(failures, Waits.Length - 1)], stop);
        }
    }

    public void Dispose() => _local.Dispose();

    private async Task TakeAsync(SseItem<string> item, CancellationToken stop)
    {
        switch (item.EventType)
        {
            case "listening" when _last is null:
                await SayAsync($"events go to {to.AbsoluteUri}");
                break;
            case "listening":
                await SayAsync("the node is back");
                break;
            case "gap":
                await SayAsync("the node is back; events of the time since then were not kept");
                break;
            default:
                await ForwardAsync(item, stop);
                break;
        }
        _last = item.EventId ?? _last;
    }

    private async Task ForwardAsync(SseItem<string> item, CancellationToken stop)
    {
        var webhook = JsonNode.Parse(item.Data)!; // a node wrote it
        using var request = new HttpRequestMessage(HttpMethod.Post, to)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes((string)webhook["body"]!))
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", (string?)webhook["content_type"]);
        foreach (var (name, value) in webhook["headers"]!.AsObject()) request.Headers.TryAddWithoutValidation(name, (string?)value);
        long started = Stopwatch.GetTimestamp();
        string outcome;
        try
        {
            using var response = await _local.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            outcome = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            outcome = failed is HttpRequestException ? $"failed ({failed.Message})" : "no answer";
        }
        double millis = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{(string?)webhook["event_type"],-30} {(string?)webhook["id"]}  {outcome}  {millis:0} ms"));
    }

    private Task SayAsync(string sentence) => output.WriteLineAsync($"# {sentence}");
}
