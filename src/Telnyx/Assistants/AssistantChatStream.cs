using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ringwright.Http;

namespace Ringwright.Telnyx.Assistants;

/// <summary>An answer in writing, told while it is written: events <c>delta</c>, and in the end <c>done</c> or <c>error</c>.</summary>
internal static class AssistantChatStream
{
    public const string ContentType = "text/event-stream";

    /// <param name="answer">Writes the answer, tells each bit of it on any thread, and says what was written or why that failed.</param>
    /// <param name="held">Given back behind the last event.</param>
    public static async Task WriteAsync(Stream to, Func<Action<string>, CancellationToken, Task<(string? Text, Reply? Failed)>> answer,
        IDisposable held, CancellationTokenSource wanted, CancellationToken gone)
    {
        using var place = held;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(wanted.Token, gone);
        using var source = wanted;
        var bits = Channel.CreateUnbounded<string>(new() { SingleReader = true });
        var answering = RunAsync();
        try
        {
            await foreach (string bit in bits.Reader.ReadAllAsync(over.Token))
                await SendAsync(to, "delta", new JsonObject { ["content"] = bit }.ToJsonString(), over.Token);
            var (text, failed) = await answering;
            if (failed is null) await SendAsync(to, "done", new JsonObject { ["content"] = text }.ToJsonString(), over.Token);
            else await SendAsync(to, "error", Encoding.UTF8.GetString(failed.Body.Span).ReplaceLineEndings(" "), over.Token);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException)
        {
            // The client has gone, or the node stops: nothing is kept of an answer that is not whole.
        }
        await over.CancelAsync();
        await answering.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);

        async Task<(string? Text, Reply? Failed)> RunAsync()
        {
            try
            {
                return await answer(bit => bits.Writer.TryWrite(bit), over.Token);
            }
            finally
            {
                bits.Writer.TryComplete();
            }
        }
    }

    private static async Task SendAsync(Stream to, string name, string data, CancellationToken stop)
    {
        await to.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\ndata: {data}\n\n"), stop);
        await to.FlushAsync(stop);
    }
}
