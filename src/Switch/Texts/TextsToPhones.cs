using System.Text;
using Ringwright.Calls.Texts;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Texts;

/// <summary>
/// Texts to registered phones, each a MESSAGE outside any dialog (RFC 3428): to all phones of the user at once, and one is enough. The next
/// text to a user waits until all of his phones have answered, as section 8 asks: so their order holds, and no phone is flooded. What a
/// phone did not answer never goes again.
/// </summary>
internal sealed class TextsToPhones(ShardContext shard)
{
    private readonly Dictionary<ClientTransactionId, Open> _open = [];
    /// <summary>Users with a text under way, and what waits behind it.</summary>
    private readonly Dictionary<string, Queue<ShardMessage.SendText>> _lines = new(StringComparer.Ordinal);

    /// <summary>Requests without an answer.</summary>
    public int Count => _open.Count;

    public void Begin(ShardMessage.SendText wanted)
    {
        if (!_lines.TryGetValue(wanted.Text.User, out var line))
        {
            _lines.Add(wanted.Text.User, new());
            Send(wanted);
        }
        else if (line.Count < Limits.TextsBeforePhone) line.Enqueue(wanted);
        else shard.Emit(new Effect.TextAnswered(wanted.Correlation, new(null, "too many texts wait for the phone")));
    }

    /// <summary>False when the transaction is another's.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        if (!_open.TryGetValue(transaction, out var open)) return false;
        if (response.IsProvisional) return true;
        _open.Remove(transaction);
        open.Sending.UnderWay--;
        open.Sending.Hear(new(response.Status));
        Settle(open.Sending);
        return true;
    }

    /// <summary>Nothing answered, or it could not be sent.</summary>
    /// <param name="isCut">The latter: another flow of the same phone may be open.</param>
    /// <returns>False when the transaction is another's.</returns>
    public bool OnFailed(ClientTransactionId transaction, string trouble, bool isCut = false)
    {
        if (!_open.Remove(transaction, out var open)) return false;
        open.Sending.UnderWay--;
        if (isCut && open.Sending.Flows.TakeOther(open.Flow) is { } other) Send(open.Sending, other, open.Names);
        else open.Sending.Hear(new(null, trouble));
        Settle(open.Sending);
        return true;
    }

    private void Send(ShardMessage.SendText wanted)
    {
        var sending = new Sending(wanted);
        foreach (var binding in sending.Flows.Begin(shard.Registrations.Find(wanted.Text.User)))
            Send(sending, binding, new(shard.Transactions.Tokens.CallId(), shard.Transactions.Tokens.Tag()));
        Settle(sending);
    }

    /// <param name="names">The same by another flow of a phone, which may have the text after all (RFC 3261 section 8.2.2.2).</param>
    private void Send(Sending sending, ContactBinding binding, Names names)
    {
        var flow = Reach.Of(binding);
        if (Write(sending.Wanted.Text, binding, flow, names) is not { } request)
            sending.Hear(new(null, "its Contact cannot be written to"));
        // RFC 3428 section 8: what is longer goes by connections alone, and this phone has none.
        else if (!flow.IsReliable && request.Bytes.Length > Limits.DatagramRequestBytes)
            sending.Hear(new(513, "it is too long for the datagrams that lead to the phone"));
        else
        {
            _open.Add(shard.Transactions.SendRequest(request, flow, shard.Now), new(sending, flow, names));
            sending.UnderWay++;
        }
    }

    /// <summary>Tells what there is to tell; when all phones have answered, the next text has its turn.</summary>
    private void Settle(Sending sending)
    {
        bool isOver = sending.UnderWay == 0;
        if (!sending.IsTold && (isOver || sending.Best.IsTaken))
        {
            sending.IsTold = true;
            shard.Emit(new Effect.TextAnswered(sending.Wanted.Correlation, sending.Best));
        }
        if (!isOver) return;
        string user = sending.Wanted.Text.User;
        if (_lines[user].TryDequeue(out var next)) Send(next);
        else _lines.Remove(user);
    }

    /// <summary>Without a Contact: a MESSAGE begins no dialog, and answers go by themselves (RFC 3428 section 5).</summary>
    private SipRequest? Write(PhoneText text, ContactBinding binding, SipFlow flow, Names names)
    {
        string domain = shard.Settings.UserDomainOn(flow.Network);
        var message = new SipRequestBuilder(SipMethod.Message, binding.Target);
        foreach (string hop in binding.Path) message.Add(SipHeader.Route, hop);
        message.Add(SipHeader.From, $"{PartyOf(text.From, domain)};tag={names.Tag}")
            .Add(SipHeader.To, $"<sip:{text.To}@{domain}>")
            .Add(SipHeader.CallId, names.CallId)
            .Add(SipHeader.CSeq, "1 MESSAGE")
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent)
            .Body("text/plain; charset=UTF-8", Encoding.UTF8.GetBytes(text.Words));
        return message.TryBuild(out var request) is ParseStatus.Ok && request is not null
            ? shard.Transactions.Stamp(request, flow) : null;
    }

    /// <summary>Who can be answered has a number in his URI; a name has none.</summary>
    private static string PartyOf(string from, string domain) =>
        from.Length > 0 && from.All(letter => char.IsAsciiDigit(letter) || letter is '+') ? $"<sip:{from}@{domain}>"
            : $"{WireText.Quote(from)} <sip:{domain}>";

    private readonly record struct Names(string CallId, string Tag);

    private readonly record struct Open(Sending Sending, SipFlow Flow, Names Names);

    private sealed class Sending(ShardMessage.SendText wanted)
    {
        public ShardMessage.SendText Wanted { get; } = wanted;
        public PhoneFlows Flows { get; } = new();
        /// <summary>Phones that have not answered.</summary>
        public int UnderWay { get; set; }
        /// <summary>As long as no phone has said anything.</summary>
        public PhoneTextAnswer Best { get; private set; } = new(null, "no phone is registered");
        public bool IsTold { get; set; }

        public void Hear(PhoneTextAnswer answer)
        {
            // A word says more than none, and yes more than no.
            if (Best.IsTaken || (Best.Status is not null && !answer.IsTaken)) return;
            Best = answer;
        }
    }
}
