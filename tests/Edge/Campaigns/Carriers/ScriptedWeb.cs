using System.Collections.Concurrent;
using System.Text;
using Ringwright.Campaigns.Carriers;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>A carrier by HTTP that answers as it is told, and keeps what it was asked.</summary>
internal sealed class ScriptedWeb : ITextHttp
{
    private readonly ConcurrentQueue<TextHttpAsk> _asked = new();

    public Func<TextHttpAsk, Task<TextHttpAnswer>> Answer { get; set; } = _ => Task.FromResult(Says(200, """{"id":"a1"}"""));
    public IReadOnlyList<TextHttpAsk> Asked => [.. _asked];

    public static TextHttpAnswer Says(int status, string body = "", TimeSpan? retryAfter = null) =>
        new(status, HasLeft: true, null, Encoding.UTF8.GetBytes(body), retryAfter);

    public static TextHttpAnswer Fails(bool hasLeft) => new(null, hasLeft, "nobody is there", default, null);

    public static string TextOf(TextHttpAsk ask) => Encoding.UTF8.GetString(ask.Body.Span);

    public static string KeyOf(TextHttpAsk ask) => ask.Headers.Single(header => header.Key == "Idempotency-Key").Value;

    public async ValueTask<TextHttpAnswer> PostAsync(TextHttpAsk ask, CancellationToken stop)
    {
        _asked.Enqueue(ask);
        return await Answer(ask).WaitAsync(stop);
    }
}
