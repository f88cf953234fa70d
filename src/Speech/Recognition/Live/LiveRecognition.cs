using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Ringwright.Egress;

namespace Ringwright.Speech.Recognition.Live;

/// <summary>
/// One speaker on one socket: a loop sends what is heard, and whoever reads the results reads the socket. Each way a far end can go wrong
/// ends the reading with an exception within its time.
/// </summary>
internal sealed class LiveRecognition : IRecognition
{
    private const int ChunkMilliseconds = 100, PartBytes = 4 * 1024;
    private const string Broke = "the connection to the recogniser broke";
    private const string NoLife = $"{Broke}: it gave no sign of life", NoFrame = $"{Broke}: it sent what is no WebSocket frame";
    /// <summary>For a far end that broke off to say why.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly LiveRecogniser _recogniser;
    private readonly LiveProtocol _protocol;
    private readonly EgressSocket _socket;
    private readonly RecognitionOptions _options;
    private readonly ILogger _log;
    private readonly AudioBacklog _backlog;
    private readonly FloodGauge _received, _messages;
    private readonly CancellationTokenSource _life;
    private readonly CancellationToken _over;
    private readonly ArrayBufferWriter<byte> _message = new(16 * 1024);
    private readonly TimeProvider _time;
    private Task _sending = Task.CompletedTask;
    private long _counted, _written, _begun;
    private volatile string _reason = "recognition was ended";
    private volatile bool _hasSentEnd;
    private int _isDisposed;

    public LiveRecognition(LiveRecogniser recogniser, LiveProtocol protocol, EgressSocket socket, RecognitionOptions options,
        TimeProvider time, ILogger log)
    {
        (_recogniser, _protocol, _socket, _options, _time, _log) = (recogniser, protocol, socket, options, time, log);
        _backlog = new((int)(Limits.Backlog.TotalSeconds * recogniser.SampleRate));
        _received = new(Limits.BytesAtOnce, Limits.BytesPerSecond, time);
        _messages = new(Limits.MessagesAtOnce, Limits.MessagesPerSecond, time);
        _life = new(Timeout.InfiniteTimeSpan, time);
        _over = _life.Token;
    }

    public void Write(ReadOnlySpan<short> samples)
    {
        _written += samples.Length;
        _backlog.Write(samples);
    }

    /// <summary>
    /// Never faster than somebody speaks, but for a second: such services are promised no more, and end what is sent to them too fast.
    /// </summary>
    public async ValueTask WaitForRoomAsync(CancellationToken stop)
    {
        if (_written == 0) _begun = _time.GetTimestamp();
        int chunk = _recogniser.SampleRate * ChunkMilliseconds / 1000;
        while (_written / (double)_recogniser.SampleRate > _time.GetElapsedTime(_begun).TotalSeconds + 1 || _backlog.Room < chunk)
            await Task.Delay(TimeSpan.FromMilliseconds(ChunkMilliseconds), _time, stop);
    }

    public TimeSpan? FinalisesAfter => _protocol.FinaliseMessage is null ? null : _protocol.FinalisesAfter;

    /// <summary>Where no message may be short, what is in the next whole one is heard before.</summary>
    public void Finalise() =>
        _backlog.Mark(_protocol.LeastAudio > TimeSpan.Zero ? _recogniser.SampleRate * ChunkMilliseconds / 1000 : 1);

    public void Finish() => _backlog.Finish(isDropped: false);

    /// <summary>Waits until the far end says that it listens.</summary>
    /// <exception cref="RecognitionException">It does not, or not in time.</exception>
    public async Task GreetAsync(CancellationToken stop)
    {
        _reason = $"the recogniser did not begin within {_options.OpenTimeout.TotalSeconds:0.###} s";
        _life.CancelAfter(_options.OpenTimeout);
        while (await NextAsync(stop) is not LiveNews.Begun) { /* nothing else means anything yet */ }
        _life.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public void Start() => _sending = SendAsync();

    public async IAsyncEnumerable<Recognised> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        while (true)
        {
            var news = await NextAsync(stop);
            switch (news)
            {
                case LiveNews.Heard heard:
                    foreach (var result in heard.Results) yield return Timed(result);
                    break;
                case LiveNews.Ended ended:
                    foreach (var result in ended.Results) yield return Timed(result);
                    if (_hasSentEnd) yield break;
                    throw Failed("the recogniser ended the recognition", null);
                case LiveNews.Begun or LiveNews.Nothing:
                    break;
                case LiveNews.Refused or LiveNews.Nonsense:
                    throw new UnreachableException("an exception was made of it");
                default:
                    throw new UnreachableException();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1) return;
        // A session is paid for until it is ended in order.
        _backlog.Finish(isDropped: true);
        await Task.WhenAny(_sending, Task.Delay(LastWords, _time));
        if (_hasSentEnd) await CloseAsync();
        await _life.CancelAsync();
        _socket.WebSocket.Abort();
        await _sending;
        _socket.Dispose();
        _backlog.Dispose();
        _life.Dispose();
        if (_backlog.Dropped is var dropped and > 0) _log.AudioUnheard(_recogniser.Name, dropped / (double)_recogniser.SampleRate);
    }

    private async ValueTask CloseAsync()
    {
        using var limit = new CancellationTokenSource(LastWords, _time);
        try
        {
            await _socket.WebSocket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, limit.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It has gone already, or takes nothing.
        }
    }

    /// <summary>The next message. Never one that ends all.</summary>
    private async ValueTask<LiveNews> NextAsync(CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, _over);
        var news = await MessageAsync(both, stop);
        return news switch
        {
            LiveNews.Refused refused => throw Refused(refused.Code, refused.Words),
            LiveNews.Nonsense => throw Failed("the recogniser sent what is no message of its protocol", null),
            LiveNews.Heard heard => Counted(heard),
            LiveNews.Begun or LiveNews.Nothing or LiveNews.Ended => news,
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask<LiveNews> MessageAsync(CancellationTokenSource both, CancellationToken stop)
    {
        _message.ResetWrittenCount();
        try
        {
            while (true)
            {
                // A socket fills the room that it is given, as long as its frame has more: the first byte begins the message's time.
                var room = _message.GetMemory(PartBytes)[..(_message.WrittenCount == 0 ? 1 : PartBytes)];
                var part = await _socket.WebSocket.ReceiveAsync(room, both.Token);
                if (part.MessageType is WebSocketMessageType.Close) return Closed();
                _message.Advance(part.Count);
                if (_message.WrittenCount > Limits.AnswerBytes) throw Failed("the recogniser sent too long a message", null);
                if (!part.EndOfMessage)
                {
                    if (part.Count == _message.WrittenCount) both.CancelAfter(_options.SendTimeout);
                    continue;
                }
                if (!_messages.Take(1)) throw Failed("the recogniser sent too much", null);
                return part.MessageType is WebSocketMessageType.Text ? _protocol.Read(_message.WrittenMemory) : new LiveNews.Nonsense();
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // A far end that did not answer a ping is aborted from inside, and nobody's token says so.
            throw Failed(_life.IsCancellationRequested ? _reason : !both.IsCancellationRequested ? Fault
                : $"the recogniser did not end a message within {_options.SendTimeout.TotalSeconds:0.###} s", null);
        }
        catch (Exception broken) when (broken is WebSocketException or IOException or ObjectDisposedException
            && !stop.IsCancellationRequested)
        {
            bool isFaulted = broken is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted, InnerException: not IOException };
            throw Failed(_life.IsCancellationRequested ? _reason : isFaulted ? Fault : Broke, broken);
        }
    }

    private string Fault => _socket.IsSilent(_options.Ping) ? NoLife : NoFrame;

    private LiveNews Closed()
    {
        int? code = (int?)_socket.WebSocket.CloseStatus;
        // Deepgram's older servers close without their last message.
        return _hasSentEnd && code is null or (1000 or 1005) ? new LiveNews.Ended(_protocol.Rest())
            : new LiveNews.Refused(code, _socket.WebSocket.CloseStatusDescription ?? "");
    }

    private async Task SendAsync()
    {
        var chunk = new short[_recogniser.SampleRate * ChunkMilliseconds / 1000];
        int least = (int)(_protocol.LeastAudio.TotalSeconds * _recogniser.SampleRate);
        try
        {
            while (await _backlog.ReadAsync(chunk, _options.KeepAlive, _over) is var count and >= 0)
            {
                if (IsFlooded())
                {
                    End("the recogniser sent too much", TimeSpan.Zero);
                    return;
                }
                bool isMarked = _backlog.TakeMark();
                if (count > 0 && count < least)
                {
                    chunk.AsSpan(count, least - count).Clear();
                    count = least;
                }
                if (count > 0) await SendAsync(MemoryMarshal.AsBytes(chunk.AsSpan(0, count)).ToArray(), WebSocketMessageType.Binary);
                else if (!isMarked && _protocol.KeepAlive is { } life)
                    await SendAsync(Encoding.UTF8.GetBytes(life), WebSocketMessageType.Text);
                if (isMarked && _protocol.FinaliseMessage is { } finalise)
                    await SendAsync(Encoding.UTF8.GetBytes(finalise), WebSocketMessageType.Text);
            }
            _hasSentEnd = true;
            await SendAsync(Encoding.UTF8.GetBytes(_protocol.EndMessage), WebSocketMessageType.Text);
            End($"the recogniser did not finish within {_options.FinishTimeout.TotalSeconds:0.###} s", _options.FinishTimeout);
        }
        catch (OperationCanceledException)
        {
            // It is over, or the far end took nothing: which of them is already said.
        }
        catch (Exception broken) when (broken is WebSocketException or IOException or ObjectDisposedException)
        {
            End(Broke, LastWords);
        }
    }

    private async Task SendAsync(byte[] message, WebSocketMessageType type)
    {
        using var limit = new CancellationTokenSource(_options.SendTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _over);
        try
        {
            await _socket.WebSocket.SendAsync(message, type, endOfMessage: true, both.Token);
        }
        catch (OperationCanceledException) when (!_life.IsCancellationRequested)
        {
            End($"the recogniser took nothing for {_options.SendTimeout.TotalSeconds:0.###} s", TimeSpan.Zero);
            throw;
        }
    }

    /// <summary>Pings and empty frames are seen by nobody who reads messages.</summary>
    private bool IsFlooded()
    {
        long received = _socket.Received, more = received - _counted;
        _counted = received;
        return !_received.Take(more);
    }

    /// <summary>Reading ends so, after a while.</summary>
    private void End(string reason, TimeSpan after)
    {
        _reason = reason;
        if (after > TimeSpan.Zero) _life.CancelAfter(after);
        else _life.Cancel();
    }

    /// <summary>Where audio was dropped, the far end's clock is not the speaker's.</summary>
    private Recognised Timed(Recognised result) => _backlog.Dropped == 0 ? result : result with { From = null, To = null };

    private LiveNews.Heard Counted(LiveNews.Heard heard)
    {
        foreach (var result in heard.Results)
            if (result.IsFinal) Metrics.Recognised.Add(1, new KeyValuePair<string, object?>("recogniser", _recogniser.Name));
        return heard;
    }

    private RecognitionException Refused(int? code, string words)
    {
        _log.RecogniserRefused(_recogniser.Name, code, words.Length > Limits.ReasonCharacters ? words[..Limits.ReasonCharacters] : words);
        return Failed(code is { } number ? $"the recogniser ended the recognition (code {number})"
            : "the recogniser refused the recognition", null);
    }

    private RecognitionException Failed(string reason, Exception? inner)
    {
        if (Volatile.Read(ref _isDisposed) == 0)
            Metrics.RecognitionFailed.Add(1, new KeyValuePair<string, object?>("recogniser", _recogniser.Name));
        return new(reason, inner);
    }
}
