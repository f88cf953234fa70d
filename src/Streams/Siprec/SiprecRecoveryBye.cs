using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Streams.Siprec;

/// <summary>
/// All that a later process must know to end a session at its server. Travels as text with the event that told of the beginning, so that
/// it costs no row of its own.
/// </summary>
internal sealed record SiprecRecoveryBye(string Host, int Port, SipTransport Transport, string Own, DialogRecord Dialog)
{
    /// <summary>More than a session of a day refreshes itself: the number that the dialog had come to is not stored again.</summary>
    private const uint Ahead = 1_000;

    public string Write() => JsonSerializer.Serialize(this, SiprecRecoveryByeJson.Default.SiprecRecoveryBye);

    /// <summary>Null for a text that is none.</summary>
    public static SiprecRecoveryBye? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, SiprecRecoveryByeJson.Default.SiprecRecoveryBye);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Says BYE, again and again as SIP does, until the server answers or it has been long enough.</summary>
    /// <returns>Why it was not answered, as part of a sentence; null when it was.</returns>
    public async Task<string?> SayAsync(TargetPolicy policy, SiprecOptions options, NodeIdentity identity, Rng rng, TimeProvider time,
        CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(options.ByeWait + options.Connect, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            using var wire = await SiprecWire.ConnectAsync(new("", Host, Port) { Transport = Transport }, policy, options, over.Token);
            return await SayAsync(wire, identity, rng, time, over.Token);
        }
        catch (Exception none) when (none is SiprecException or SocketException or IOException)
        {
            return none.Message;
        }
        catch (OperationCanceledException)
        {
            return "it does not answer";
        }
    }

    private async Task<string?> SayAsync(SiprecWire wire, NodeIdentity identity, Rng rng, TimeProvider time, CancellationToken stop)
    {
        var own = new IPEndPoint(IPEndPoint.Parse(Own).Address, wire.Local.Port);
        var layer = new TransactionLayer(new() { Networks = [new(own.ToString())] }, new(identity, 0, rng));
        var dialog = Sip.Dialogs.Dialog.Restore(Dialog with { LocalCSeq = Dialog.LocalCSeq + Ahead });
        var bye = layer.SendRequest(dialog.CreateRequest(SipMethod.Bye).Add(SipHeader.UserAgent, SiprecWords.UserAgent).Build(),
            new SipFlow(Transport, wire.Remote), Now());
        var receiving = wire.ReceiveAsync(stop);
        while (true)
        {
            while (layer.TryPoll(out var output))
            {
                if (output is TransactionOutput.Transmit transmit) await wire.SendAsync(transmit.Bytes, transmit.To.Remote, stop);
                else if (output is TransactionOutput.ResponseReceived { Response.IsProvisional: false } answer && answer.Transaction == bye)
                    return null;
                else if (output is TransactionOutput.TimedOut or TransactionOutput.TransportFailed) return "it does not answer";
            }
            var due = layer.NextDue;
            var wait = due == Instant.Never ? Timeout.InfiniteTimeSpan
                : due - Now() is { Ticks: > 0 } left ? left + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero;
            using var sleep = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (await Task.WhenAny(receiving, Task.Delay(wait, time, sleep.Token)) == receiving)
            {
                if (await receiving is not { } received) return "it closed the connection";
                layer.Handle(received.Message, new SipFlow(Transport, received.From), Now());
                receiving = wire.ReceiveAsync(stop);
            }
            stop.ThrowIfCancellationRequested();
            await sleep.CancelAsync();
            layer.HandleDue(Now());
        }

        Instant Now() => new((long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency)));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SiprecRecoveryBye))]
internal sealed partial class SiprecRecoveryByeJson : JsonSerializerContext;
