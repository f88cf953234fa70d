using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Lab.Visits;

/// <summary>
/// One call of somebody whose microphone and ear are behind a web socket. Binary messages are audio, 16-bit samples with the low byte
/// first at <see cref="Rate"/>, both ways; texts that come are keys to press, and the text <see cref="Answered"/> goes out once.
/// </summary>
internal sealed class Visit(Guid id)
{
    /// <summary>Hertz.</summary>
    public const int Rate = 16_000;

    public const string Answered = "answered";

    /// <summary>A quarter of a second.</summary>
    private const int MostBytes = Rate / 2;

    /// <summary>Samples: what comes faster than it is played would be heard later and later, and is dropped.</summary>
    private const int MostWaiting = Rate / 5;

    private const int MostKeys = 32;

    /// <summary>Characters: a closing frame has little room.</summary>
    private const int MostReason = 40;

    /// <summary>For the other end to say goodbye too.</summary>
    private static readonly TimeSpan ToClose = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<IAudioTap> _audio = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IAudioTap? _tap;
    private readonly TaskCompletionSource<string> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id => id;

    /// <summary>The call is over.</summary>
    /// <param name="why">A word or a few.</param>
    public void End(string why) => _over.TrySetResult(why);

    /// <summary>The call is answered, and this is its audio.</summary>
    public void Connect(IAudioTap tap)
    {
        _tap = tap;
        _audio.TrySetResult(tap);
    }

    /// <summary>Until the call is over and the socket is closed, by whichever side.</summary>
    /// <param name="press">Presses keys on the call.</param>
    /// <param name="hangUp">Called when the far end of the socket is gone.</param>
    public async Task RunAsync(WebSocket socket, Func<string, Task> press, Func<Task> hangUp, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var telling = TellAsync(socket, end.Token);
        var hearing = HearAsync(socket, press, end.Token);
        try
        {
            await Task.WhenAny(telling, hearing);
            if (!telling.IsCompleted) await hangUp();
            await Task.WhenAll(telling, hearing).WaitAsync(ToClose, CancellationToken.None);
        }
        catch (Exception gone) when (gone is TimeoutException or OperationCanceledException or WebSocketException)
        {
            // Whoever is behind the socket says no more.
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(telling, hearing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The only sender: what is heard, then why it ended.</summary>
    private async Task TellAsync(WebSocket socket, CancellationToken stop)
    {
        await Task.WhenAny(_audio.Task, _over.Task).WaitAsync(stop);
        if (!_over.Task.IsCompleted)
        {
            var tap = await _audio.Task;
            await socket.SendAsync(Encoding.UTF8.GetBytes(Answered), WebSocketMessageType.Text, endOfMessage: true, stop);
            byte[] frame = new byte[sizeof(short) * Rate / 50];
            while (await tap.WaitAsync(stop))
            {
                while (tap.TryRead(MemoryMarshal.Cast<byte, short>(frame.AsSpan()), out var step))
                    if (step.Kind is TapFrameKind.Audio)
                        await socket.SendAsync(frame.AsMemory(0, step.Samples * sizeof(short)), WebSocketMessageType.Binary,
                            endOfMessage: true, stop);
            }
        }
        string why = await _over.Task.WaitAsync(stop);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, Clipped.Of(why, MostReason), stop);
    }

    private async Task HearAsync(WebSocket socket, Func<string, Task> press, CancellationToken stop)
    {
        byte[] message = new byte[MostBytes];
        while (await WholeMessage.ReadAsync(socket, message, stop) is var (kind, length))
        {
            if (kind is WebSocketMessageType.Binary) Say(message.AsSpan(0, length));
            else if (Encoding.ASCII.GetString(message, 0, length) is { Length: > 0 and <= MostKeys } keys && keys.All(IsKey))
                await press(keys);
        }
    }

    private static bool IsKey(char key) => key is >= '0' and <= '9' or '*' or '#';

    /// <summary>Nothing before the answer.</summary>
    private void Say(ReadOnlySpan<byte> audio)
    {
        if (_tap is { } tap && Rate - tap.Room <= MostWaiting) tap.Write(MemoryMarshal.Cast<byte, short>(audio));
    }
}
