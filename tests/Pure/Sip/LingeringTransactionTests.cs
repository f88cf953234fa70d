using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>What stays for 32 seconds behind each answered request.</summary>
public sealed class LingeringTransactionTests
{
    private readonly TransactionLayer _layer = Wire.Layer();

    [Theory, InlineData("INVITE", false), InlineData("OPTIONS", true)]
    public void An_answered_request_is_let_go_while_its_transaction_lingers_and_so_is_what_the_user_repeats_himself(
        string method, bool keepsResponse)
    {
        string text = Wire.Like(Wire.Invite(), method);
        var (request, response) = Answer(text);
        GC.Collect(GC.MaxGeneration);
        Assert.Equal((1, false, keepsResponse), (_layer.Count, request.IsAlive, response.IsAlive));
        // It is still known.
        _layer.Handle(Wire.Bytes(text), Wire.Peer, new(1));
        string[] repeated = keepsResponse ? ["SIP/2.0 200 OK"] : [];
        Assert.Equal(repeated, Outputs.Brief(_layer));
        Assert.Equal(1, _layer.Counters.Retransmissions);
    }

    [Fact]
    public void An_answer_is_let_go_when_it_is_acknowledged_and_its_ACK_is_known_when_it_comes_again()
    {
        _layer.Handle(Wire.Bytes(Wire.Invite()), Wire.Peer, new(0));
        var opened = Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single();
        var invite = IncomingInvite.Of(_layer, opened, "<sip:192.0.2.1:5060>");
        Assert.NotNull(invite);
        var answer = Answer(invite);
        var ack = Wire.Request(
            Wire.Like(Wire.Invite(to: $"<sip:bob@192.0.2.1>;tag={invite.Dialog.Id.LocalTag}", branch: "z9hG4bKack"), "ACK"));
        Assert.True(invite.HandleAck(ack));
        GC.Collect(GC.MaxGeneration);
        Assert.Equal((true, false), (invite.IsAnswered, answer.IsAlive));
        Assert.True(invite.HandleAck(ack));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Answer(IncomingInvite invite)
    {
        var response = invite.Response(200).Build();
        Assert.True(invite.Send(response, new(0)));
        Outputs.Of(_layer);
        return new(response);
    }

    // Of its own, so that nothing of it is held by whoever asks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private (WeakReference Request, WeakReference Response) Answer(string text)
    {
        _layer.Handle(Wire.Bytes(text), Wire.Peer, new(0));
        var opened = Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single();
        var response = new SipResponseBuilder(opened.Request, 200).Build();
        Assert.True(_layer.Respond(opened.Transaction, response, new(0)));
        Outputs.Of(_layer);
        Assert.True(MemoryMarshal.TryGetArray(response.Bytes, out var bytes));
        return (new(opened.Request), new(bytes.Array));
    }
}
