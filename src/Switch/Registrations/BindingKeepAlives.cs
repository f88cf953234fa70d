using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Registrations;

/// <summary>
/// Keeps the ways to phones behind NATs open: every so often something goes to each of them (see <see cref="NatSettings"/>). Whatever comes
/// of it, the binding stays until it expires: a phone that does not answer OPTIONS may answer calls.
/// </summary>
internal sealed class BindingKeepAlives(ShardContext shard)
{
    /// <summary>NATs remember connections for minutes.</summary>
    private const int LongerByConnection = 4;

    private static readonly ReadOnlyMemory<byte> EmptyLines = "\r\n\r\n"u8.ToArray();

    private readonly Dictionary<(string User, string Contact, OutboundFlow? Flow), Kept> _kept = [];
    private readonly Dictionary<ClientTransactionId, Kept> _open = [];
    private readonly PriorityQueue<Kept, long> _due = new();

    private NatSettings Settings => shard.Settings.Nat;

    /// <summary>Phones that are kept reachable.</summary>
    public int Count => _kept.Count;

    public Instant NextDue
    {
        get
        {
            while (_due.TryPeek(out var kept, out long at))
            {
                if (!kept.IsGone) return new(at);
                _due.Dequeue();
            }
            return Instant.Never;
        }
    }

    /// <summary>A binding came, was refreshed, moved or went.</summary>
    public void Follow(BindingChange change)
    {
        var key = (change.Binding.User, change.Binding.Contact, change.Binding.Outbound);
        bool isWanted = change.Fate is BindingFate.Registered && change.Binding.IsBehindNat && Settings.KeepAlive is not KeepAliveKind.Off;
        if (_kept.TryGetValue(key, out var kept))
        {
            // A refresh says nothing about when the way was used last by us; the turn stays.
            if (isWanted) (kept.Binding, kept.IsCut) = (change.Binding, false);
            else
            {
                kept.IsGone = true;
                _kept.Remove(key);
            }
            return;
        }
        if (!isWanted) return;
        _kept.Add(key, kept = new(change.Binding));
        // Not all at one moment after a restart.
        _due.Enqueue(kept, (shard.Now + Settings.Every * shard.Rng.NextDouble()).Nanos);
    }

    public void HandleDue()
    {
        while (NextDue <= shard.Now && _due.TryDequeue(out var kept, out _))
        {
            // First, for a fault in sending must not be the last that this phone hears.
            _due.Enqueue(kept, (shard.Now + Settings.Every * (kept.Binding.Flow.IsReliable ? LongerByConnection : 1)).Nanos);
            Send(kept);
        }
    }

    /// <summary>Any final answer, or none.</summary>
    /// <param name="isCut">It could not be sent.</param>
    /// <returns>False when the transaction is not one of ours.</returns>
    public bool OnEnded(ClientTransactionId transaction, bool isCut = false)
    {
        if (!_open.Remove(transaction, out var kept)) return false;
        kept.IsAsked = false;
        // Through a NAT no connection can be opened; the phone opens one when it registers again.
        kept.IsCut = isCut && kept.Binding.Flow.IsReliable;
        return true;
    }

    /// <summary>The one before may still be repeated, which keeps the way open as well.</summary>
    private void Send(Kept kept)
    {
        var binding = kept.Binding;
        if (kept.IsCut) return;
        if (Settings.KeepAlive is KeepAliveKind.Crlf && !binding.Flow.IsReliable)
        {
            shard.Emit(new Effect.Transmit(new(EmptyLines, binding.Flow)));
            return;
        }
        if (kept.IsAsked) return;
        _open.Add(shard.Transactions.SendRequest(Options(binding), binding.Flow, shard.Now), kept);
        kept.IsAsked = true;
    }

    private SipRequest Options(ContactBinding binding)
    {
        string domain = shard.Settings.UserDomainOn(binding.Flow.Network);
        return new SipRequestBuilder(SipMethod.Options, binding.Target)
            .Add(SipHeader.From, $"<sip:{domain}>;tag={shard.Transactions.Tokens.Tag()}")
            .Add(SipHeader.To, $"<sip:{binding.User}@{domain}>")
            .Add(SipHeader.CallId, shard.Transactions.Tokens.CallId())
            .Add(SipHeader.CSeq, "1 OPTIONS")
            .Add(SipHeader.Contact, shard.Contact(binding.Flow))
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent)
            .Build();
    }

    private sealed class Kept(ContactBinding binding)
    {
        public ContactBinding Binding { get; set; } = binding;
        /// <summary>An OPTIONS has no final answer yet.</summary>
        public bool IsAsked { get; set; }
        public bool IsGone { get; set; }
        /// <summary>Its connection is gone, since when it has not registered.</summary>
        public bool IsCut { get; set; }
    }
}
