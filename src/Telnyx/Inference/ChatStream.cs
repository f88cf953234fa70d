using System.Text;
using System.Threading.Channels;
using Ringwright.Egress;
using Ringwright.Http;

namespace Ringwright.Telnyx.Inference;

/// <summary>
/// An answer that is given on while it comes, byte by byte as it came. What the client does not read in time is bounded; one that leaves
/// ends it at the model's server.
/// </summary>
internal sealed class ChatStream : IDisposable
{
    private const string Events = "text/event-stream";
    /// <summary>Of what has come and is not read: a client so far behind is too slow for its answer.</summary>
    private const int MostUnread = 4 * 1024 * 1024;

    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _over;
    private readonly IDisposable _place;
    private Task<EgressResult> _exchange = Task.FromResult(new EgressResult { Failure = EgressFailure.Broken });
    private long _unread;

    private ChatStream(OperationContext op, IDisposable place) =>
        (_over, _place) = (op.WhileWanted(), place);

    /// <summary>The reply, once it is known whether there is an answer.</summary>
    /// <param name="place">Is given back behind the last byte.</param>
    public static async ValueTask<Reply> BeginAsync(OperationContext op, ModelGateway gateway, ChatBody body, IDisposable place)
    {
        var stream = new ChatStream(op, place);
        bool isGiven = false;
        try
        {
            stream._exchange = stream.RunAsync(gateway, body);
            bool begins = await stream._pieces.Reader.WaitToReadAsync(stream._over.Token);
            if (begins && stream.IsEvents)
            {
                isGiven = true;
                return op.Stream(Events, stream.WriteAsync);
            }
            // No success, or a server that streams nothing and answers at once.
            var result = await stream._exchange;
            if (!result.IsSuccess) return ModelErrors.Of(op, result, gateway.Key, isOwnKey: body.KeyRef is not null);
            byte[] whole = stream.Gathered();
            var answer = ModelJson.Read(whole);
            if (ModelErrors.Within(op, whole, answer, gateway.Key, isOwnKey: body.KeyRef is not null) is { } told) return told;
            return answer is not null || ModelJson.IsObject(whole) ? op.Raw(200, "application/json", whole)
                : ModelErrors.Failed(op, "what its server answered is no JSON object");
        }
        finally
        {
            if (!isGiven) stream.Dispose();
        }
    }

    /// <summary>The exchange has ended, or ends by this.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _place.Dispose();
        // The exchange may look at its token once more.
        _ = _exchange.ContinueWith(ended =>
        {
            _ = ended.Exception;
            _over.Dispose();
        }, TaskScheduler.Default);
    }

    /// <summary>Events begin with a field or a comment, an object with a brace.</summary>
    private bool IsEvents => !_pieces.Reader.TryPeek(out byte[]? first) || !Encoding.UTF8.GetString(first).TrimStart().StartsWith('{');

    private byte[] Gathered()
    {
        using var whole = new MemoryStream();
        while (_pieces.Reader.TryRead(out byte[]? piece)) whole.Write(piece);
        return whole.ToArray();
    }

    private async Task<EgressResult> RunAsync(ModelGateway gateway, ChatBody body)
    {
        try
        {
            return await gateway.CompleteAsync(body.Request, Take, body.HasOurTemperature, _over.Token);
        }
        finally
        {
            _pieces.Writer.TryComplete();
        }
    }

    private void Take(ReadOnlyMemory<byte> bits)
    {
        _pieces.Writer.TryWrite(bits.ToArray());
        if (Interlocked.Add(ref _unread, bits.Length) > MostUnread) _over.Cancel();
    }

    private async Task WriteAsync(Stream output, CancellationToken gone)
    {
        try
        {
            await foreach (byte[] piece in _pieces.Reader.ReadAllAsync(gone))
            {
                await output.WriteAsync(piece, gone);
                await output.FlushAsync(gone);
                Interlocked.Add(ref _unread, -piece.Length);
            }
            if (await _exchange is { IsSuccess: false })
                await output.WriteAsync(
                    "\n\ndata: {\"error\":{\"message\":\"The model's answer broke off.\",\"type\":\"server_error\"}}\n\n"u8.ToArray(),
                    gone);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException)
        {
            // The client has gone or is too slow, or the node stops.
        }
        finally
        {
            Dispose();
        }
    }
}
