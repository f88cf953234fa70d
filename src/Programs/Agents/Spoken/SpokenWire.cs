using System.Diagnostics;
using System.Net.WebSockets;
using Ringwright.Calls;
using Ringwright.Conversations.Spoken;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>
/// Between a leg's audio and a model that hears and speaks itself: carries what the caller says to it, and what it says to him; the rest of
/// what it wants is told. The model's socket, the leg's audio and the talk use it from threads of their own.
/// </summary>
/// <param name="rate">Hertz, both ways.</param>
/// <param name="tell">Called on any thread.</param>
internal sealed class SpokenWire(int rate, Action<SpokenNews> tell) : IVoiceEnd, IAsyncDisposable
{
    private const int FrameMilliseconds = 20, MostGapFrames = 50;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private SpokenModel? _model;
    private IAgentSocket? _socket;
    private Task _carrying = Task.CompletedTask, _listening = Task.CompletedTask, _leaving = Task.CompletedTask;
    private volatile bool _isDeaf;

    public int Rate => rate;

    /// <summary>What the model says.</summary>
    public VoicePlayer Player { get; } = new(rate)
    {
        Began = turn => tell(new SpokenNews.Began(turn)), Drained = turn => tell(new SpokenNews.Drained(turn)),
    };

    /// <summary>The model hears silence, whatever the caller says.</summary>
    public bool IsDeaf { get => _isDeaf; set => _isDeaf = value; }

    /// <summary>An answer is being made, or heard.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock) return _model is { IsAnswering: true } || !Player.IsSilent;
        }
    }

    /// <summary>There is a model, and it is to begin.</summary>
    public void Join(SpokenModel model, IAgentSocket socket)
    {
        lock (_lock) (_model, _socket) = (model, socket);
        _carrying = CarryAsync(socket);
        Ask(one => one.Begin());
    }

    /// <summary>
    /// There is no model any more, until the next one joins: nothing more of it is heard, and its socket, lost or not, tells nothing.
    /// </summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_socket is not { } socket) return;
            foreach (var cut in Player.Cut()) tell(new SpokenNews.Cut(cut));
            Player.Renew();
            (_model, _socket) = (null, null);
            _leaving = Task.WhenAll(_leaving, LeaveAsync(socket, _carrying));
            _carrying = Task.CompletedTask;
        }
    }

    /// <summary>Has the model do something, and what comes of it done; nothing where there is none.</summary>
    public void Ask(Action<SpokenModel> what)
    {
        lock (_lock)
        {
            if (_model is not { } model || _socket is not { } socket) return;
            what(model);
            while (model.TryPoll(out var output)) Follow(output, model, socket);
        }
    }

    /// <summary>The caller hears no more of what was said so far, and the model makes no more of it.</summary>
    public void Interrupt() => Ask(model =>
    {
        model.Stop();
        CutOff(model);
    });

    /// <summary>The same at the end: whatever it still says is nobody's.</summary>
    public void End() => Ask(model =>
    {
        CutOff(model);
        model.End();
    });

    public void Open(IAudioTap tap)
    {
        Player.Open(tap);
        _listening = ListenAsync(tap);
    }

    public void Close(string? failure)
    {
        Player.Close();
        if (failure is not null) tell(new SpokenNews.Lost(failure, IsModel: false));
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _socket?.Close(WebSocketCloseStatus.NormalClosure, "");
        await Task.WhenAll(_carrying, _listening, _leaving);
        _socket?.Dispose();
        _over.Dispose();
    }

    private void Follow(SpokenOutput output, SpokenModel model, IAgentSocket socket)
    {
        switch (output)
        {
            case SpokenOutput.Send send:
                if (!socket.Send(send.Message, send.IsBinary)) tell(new SpokenNews.Lost("the model read too slowly"));
                break;
            case SpokenOutput.Sound sound:
                if (!Player.TryAdd(sound.Turn, sound.Samples)) tell(new SpokenNews.Lost("the model said more than can be heard"));
                break;
            case SpokenOutput.Clear:
                CutOff(model);
                break;
            case SpokenOutput.Ready or SpokenOutput.Words or SpokenOutput.Whole or SpokenOutput.Committed or SpokenOutput.Heard
                or SpokenOutput.Unheard or SpokenOutput.Voice or SpokenOutput.Call or SpokenOutput.Warning or SpokenOutput.Failed
                or SpokenOutput.Lost:
                tell(new SpokenNews.FromModel(output));
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Under the lock: the model is told how much the caller has heard.</summary>
    private void CutOff(SpokenModel model)
    {
        foreach (var cut in Player.Cut())
        {
            model.Cut(cut.Turn, (int)cut.Played.TotalMilliseconds);
            tell(new SpokenNews.Cut(cut));
        }
    }

    private async Task CarryAsync(IAgentSocket socket)
    {
        string? why = await socket.RunAsync((message, isBinary) => Take(socket, message, isBinary));
        if (why is not null && IsOurs(socket)) tell(new SpokenNews.Lost($"the model is lost: {why}"));
    }

    private void Take(IAgentSocket from, ReadOnlyMemory<byte> message, bool isBinary)
    {
        lock (_lock)
        {
            if (IsOurs(from)) Ask(model => model.Take(message, isBinary));
        }
    }

    /// <summary>False for one of a model that was left.</summary>
    private bool IsOurs(IAgentSocket socket)
    {
        lock (_lock) return ReferenceEquals(_socket, socket);
    }

    private static async Task LeaveAsync(IAgentSocket socket, Task carrying)
    {
        socket.Close(WebSocketCloseStatus.NormalClosure, "");
        await carrying;
        socket.Dispose();
    }

    private async Task ListenAsync(IAudioTap tap)
    {
        var samples = new short[rate * FrameMilliseconds / 1_000];
        long expected = -1;
        try
        {
            while (await tap.WaitAsync(_over.Token))
            {
                while (tap.TryRead(samples, out var frame))
                {
                    if (frame.Kind is not TapFrameKind.Audio) continue;
                    // A model that judges silence is to hear it.
                    long missing = expected < 0 ? 0 : Math.Clamp((frame.Milliseconds - expected) / FrameMilliseconds, 0, MostGapFrames);
                    for (; missing > 0; missing--) Ask(model => model.Hear(new short[samples.Length]));
                    expected = frame.Milliseconds + FrameMilliseconds;
                    if (_isDeaf) samples.AsSpan().Clear();
                    Ask(model => model.Hear(samples));
                }
                Player.Feed();
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException) { /* so is the talk */ }
    }
}
