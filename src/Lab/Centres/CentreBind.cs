using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Lab.Centres;

/// <summary>One connection to a centre of the lab: from its bind to its end.</summary>
internal sealed class CentreBind(Socket socket, LabCentre centre)
{
    /// <summary>Messages on their way to the far end at one time.</summary>
    private const int Window = 10;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Channel<SmppPdu> _out = Channel.CreateUnbounded<SmppPdu>();
    private readonly ConcurrentDictionary<uint, SmppMessage> _brought = new();
    private volatile string _name = "";
    private volatile bool _isReceiver;
    private bool _isTransmitter;
    private int _sequence, _submitted;
    private long _since;

    /// <summary>As it was bound; empty before.</summary>
    public string SystemId => _name;

    public EndPoint? Remote { get; } = socket.RemoteEndPoint;

    /// <summary>A message may be brought.</summary>
    public bool HasRoom => _isReceiver && _brought.Count < Window;

    /// <summary>What was brought without an answer; of one that is over.</summary>
    public IReadOnlyList<SmppMessage> Unanswered => [.. _brought.OrderBy(one => one.Key).Select(one => one.Value)];

    public void Bring(SmppMessage message)
    {
        uint sequence = (uint)Interlocked.Increment(ref _sequence);
        _brought[sequence] = message;
        Say(new(SmppCommand.DeliverSm, SmppStatus.Ok, sequence, message.ToBody()));
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var writing = WriteAsync(stream, ended.Token);
        try
        {
            await ReadAsync(stream, ended.Token);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The far end has broken off, or the lab stops.
        }
        _isReceiver = false;
        // What was answered last still leaves.
        _out.Writer.TryComplete();
        ended.CancelAfter(Second);
        await writing;
    }

    private async Task ReadAsync(NetworkStream stream, CancellationToken stop)
    {
        var frames = new SmppFrames();
        byte[] buffer = new byte[16 * 1024];
        for (int count; (count = await stream.ReadAsync(buffer, stop)) > 0;)
        {
            frames.Add(buffer.AsSpan(0, count));
            SmppFrame frame;
            while ((frame = frames.Take(out var pdu)) is SmppFrame.Whole)
                if (!Take(pdu!)) return;        // a whole one is there
            if (frame is not SmppFrame.Broken) continue;
            // Where the next one begins nobody knows.
            Say(new(SmppCommand.GenericNack, SmppStatus.BadLength, 0, default));
            return;
        }
    }

    private async Task WriteAsync(NetworkStream stream, CancellationToken stop)
    {
        try
        {
            await foreach (var pdu in _out.Reader.ReadAllAsync(stop)) await stream.WriteAsync(pdu.ToBytes(), stop);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Whoever reads finds it out.
        }
    }

    private void Say(SmppPdu pdu) => _out.Writer.TryWrite(pdu);

    /// <returns>False when nothing more is to be read.</returns>
    private bool Take(SmppPdu pdu)
    {
        switch (pdu.Command)
        {
            case SmppCommand.BindReceiver or SmppCommand.BindTransmitter or SmppCommand.BindTransceiver:
                return Bind(pdu);
            case SmppCommand.SubmitSm:
                Say(Submit(pdu));
                return true;
            case SmppCommand.EnquireLink:
                Say(pdu.Reply(SmppStatus.Ok));
                return true;
            case SmppCommand.Unbind:
                Say(pdu.Reply(SmppStatus.Ok));
                return false;
            case SmppCommand.DeliverSmResp:
                if (_brought.TryRemove(pdu.Sequence, out _)) centre.Flush(this);
                return true;
            default:
                if (!pdu.IsAnswer) Say(new(SmppCommand.GenericNack, SmppStatus.BadCommand, pdu.Sequence, default));
                return true;
        }
    }

    private bool Bind(SmppPdu pdu)
    {
        if (_name.Length > 0)
        {
            Say(pdu.Reply(SmppStatus.AlreadyBound));
            return true;
        }
        var shown = SmppBind.Read(pdu.Body.Span);
        uint status = shown is null ? SmppStatus.BindFailed : centre.Judge(shown);
        if (shown is null || status != SmppStatus.Ok)
        {
            Say(pdu.Reply(status));
            return false;
        }
        Say(pdu.Reply(SmppStatus.Ok, SmppBind.NameBody("ringwright-lab")));
        _name = shown.SystemId;
        _isTransmitter = pdu.Command is not SmppCommand.BindReceiver;
        _isReceiver = pdu.Command is not SmppCommand.BindTransmitter;
        centre.Join(this);
        return true;
    }

    private SmppPdu Submit(SmppPdu pdu)
    {
        if (!_isTransmitter) return pdu.Reply(SmppStatus.WrongBindState);
        if (IsTooMuch())
        {
            centre.Tell($"{_name}: throttled");
            return pdu.Reply(SmppStatus.Throttled);
        }
        if (SmppMessage.Read(pdu.Command, pdu.Body.Span) is not { } message) return pdu.Reply(SmppStatus.BadLength);
        var (status, id) = centre.Take(_name, message);
        return pdu.Reply(status, status == SmppStatus.Ok ? SmppBind.NameBody(id) : default);
    }

    private bool IsTooMuch()
    {
        if (centre.Rate is not { } rate) return false;
        long now = centre.Time.GetTimestamp();
        if (_submitted == 0 || centre.Time.GetElapsedTime(_since, now) >= Second) (_since, _submitted) = (now, 0);
        return ++_submitted > rate;
    }
}
