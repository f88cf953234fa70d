using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>A message that a centre was given, and how it answers.</summary>
internal sealed record Submission(SmppMessage Message, SmppPdu Pdu, Centre Centre)
{
    public Task AnswerAsync(uint status, string id = "") =>
        Centre.SendAsync(Pdu.Reply(status, status == SmppStatus.Ok ? SmppBind.NameBody(id) : default));
}

/// <summary>
/// An SMPP centre on a real socket, with habits: it takes messages, answers as the test says, brings texts and receipts, and breaks off.
/// </summary>
internal sealed class Centre : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<uint>> _brought = new();
    private readonly ConcurrentQueue<SmppMessage> _submitted = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Task _loop;
    private readonly ConcurrentQueue<SmppCommand> _kinds = new();
    // Who sends texts, and who gets them: one, unless there are two binds.
    private Socket? _client, _receiver;
    private int _sequence, _ids, _binds;

    public Centre()
    {
        _listener.Start();
        _loop = ListenAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public IReadOnlyList<SmppMessage> Submitted => [.. _submitted];
    public int Binds => Volatile.Read(ref _binds);
    public uint BindStatus { get; set; }
    /// <summary>How each bind was asked for.</summary>
    public IReadOnlyList<SmppCommand> Kinds => [.. _kinds];
    /// <summary>It takes no transceiver.</summary>
    public bool WantsTwo { get; set; }
    /// <summary>The last name and password that were shown.</summary>
    public SmppBind? LastBind { get; private set; }
    /// <summary>What it does with a message; else it takes it, with ids from 1 on.</summary>
    public Func<Submission, Task>? OnSubmit { get; set; }

    public string NextId() => $"{Interlocked.Increment(ref _ids):x8}";

    /// <summary>Brings a message.</summary>
    /// <returns>The status of the answer.</returns>
    public async Task<uint> BringAsync(SmppMessage message)
    {
        uint sequence = (uint)Interlocked.Increment(ref _sequence);
        var answered = _brought[sequence] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new(SmppCommand.DeliverSm, 0, sequence, message.ToBody()), _receiver!);        // somebody is bound
        return await answered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    /// <summary>Its word on a message that it took, in the form of most centres.</summary>
    public static SmppMessage ReceiptOf(SmppMessage message, string id, string state = "DELIVRD") => new()
    {
        From = message.To, To = message.From, EsmClass = SmppEsm.Receipt,
        Text = System.Text.Encoding.ASCII.GetBytes(
            $"id:{id} sub:001 dlvrd:001 submit date:2601061500 done date:2601061501 stat:{state} err:000 text:"),
    };

    /// <summary>Breaks off, as a crash does.</summary>
    public void Break()
    {
        Break(Volatile.Read(ref _client));
        BreakReceiver();
    }

    /// <summary>Breaks off what texts come by.</summary>
    public void BreakReceiver() => Break(Volatile.Read(ref _receiver));

    public Task SendAsync(SmppPdu pdu) => SendAsync(pdu, _client!);        // somebody is bound

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Break();
        await _loop;
        _stop.Dispose();
    }

    private static void Break(Socket? client)
    {
        if (client is null) return;
        try
        {
            client.LingerState = new(true, 0);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // The far end was quicker.
        }
        client.Dispose();
    }

    private async Task SendAsync(SmppPdu pdu, Socket client)
    {
        await _sending.WaitAsync();
        try
        {
            await client.SendAsync(pdu.ToBytes().AsMemory());
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ListenAsync()
    {
        var serving = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                serving.Add(HoldAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The next one may come.
            }
        }
        await Task.WhenAll(serving);
    }

    private async Task HoldAsync(Socket client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client);
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // It is over, whichever side ended it.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var frames = new SmppFrames();
        byte[] buffer = new byte[16 * 1024];
        for (int count; (count = await client.ReceiveAsync(buffer, SocketFlags.None, _stop.Token)) > 0;)
        {
            frames.Add(buffer.AsSpan(0, count));
            while (frames.Take(out var pdu) is SmppFrame.Whole) await TakeAsync(pdu!, client);
        }
    }

    private async Task TakeAsync(SmppPdu pdu, Socket client)
    {
        switch (pdu.Command)
        {
            case SmppCommand.BindTransceiver or SmppCommand.BindTransmitter or SmppCommand.BindReceiver:
                if (pdu.Command is not SmppCommand.BindReceiver) Volatile.Write(ref _client, client);
                if (pdu.Command is not SmppCommand.BindTransmitter) Volatile.Write(ref _receiver, client);
                _kinds.Enqueue(pdu.Command);
                LastBind = SmppBind.Read(pdu.Body.Span);
                // Who has heard the answer finds it counted.
                Interlocked.Increment(ref _binds);
                uint status = WantsTwo && pdu.Command is SmppCommand.BindTransceiver ? SmppStatus.BindFailed : BindStatus;
                await SendAsync(pdu.Reply(status, SmppBind.NameBody("centre")), client);
                break;
            case SmppCommand.SubmitSm:
                var message = SmppMessage.Read(pdu.Command, pdu.Body.Span)!;
                _submitted.Enqueue(message);
                var submission = new Submission(message, pdu, this);
                await (OnSubmit is { } habit ? habit(submission) : submission.AnswerAsync(SmppStatus.Ok, NextId()));
                break;
            case SmppCommand.DeliverSmResp:
                if (_brought.TryRemove(pdu.Sequence, out var answered)) answered.SetResult(pdu.Status);
                break;
            case SmppCommand.EnquireLink or SmppCommand.Unbind:
                await SendAsync(pdu.Reply(SmppStatus.Ok), client);
                break;
        }
    }
}
