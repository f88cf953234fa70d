using System.Globalization;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Registrar;

/// <summary>
/// Keeps the bindings of all addresses of record (RFC 3261 §10.3). A machine: <see cref="Handle"/> for each REGISTER whose sender is
/// proven, <see cref="HandleDue"/> when <see cref="NextDue"/> has come; both tell what changed.
/// </summary>
public sealed class RegisterServer
{
    /// <summary>RFC 3261 §10.2.1.1 leaves the default to us; an hour is what most phones ask for.</summary>
    public static readonly TimeSpan DefaultExpiry = TimeSpan.FromHours(1);
    /// <summary>Phones ask for half a minute where they keep the way through a NAT open by registering.</summary>
    public static readonly TimeSpan MinimumExpiry = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan MaximumExpiry = TimeSpan.FromHours(2);

    /// <summary>What a phone behind a NAT gets at most: its address outside may be another one tomorrow.</summary>
    public TimeSpan NatExpiry { get; init; } = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, List<ContactBinding>> _bindings = new(StringComparer.Ordinal);
    private readonly PriorityQueue<ContactBinding, long> _due = new();

    /// <summary>Bindings of all users.</summary>
    public int Count { get; private set; }

    /// <summary>Deadlines kept, for the leak test.</summary>
    internal int Waiting => _due.Count;

    public Instant NextDue
    {
        get
        {
            while (_due.TryPeek(out var binding, out long at))
            {
                if (IsCurrent(binding)) return new(at);
                _due.Dequeue();
            }
            return Instant.Never;
        }
    }

    /// <summary>Best first: by preference, then the one that was refreshed last.</summary>
    public IReadOnlyList<ContactBinding> Find(string user) => _bindings.TryGetValue(user, out var list) ? [.. list] : [];

    /// <summary>A binding of an earlier start.</summary>
    public void Restore(ContactBinding binding)
    {
        if (Count < Limits.AllBindings) Put(binding);
    }

    /// <summary>Answers a REGISTER.</summary>
    /// <param name="user">Whose credentials it carries; nobody registers for somebody else.</param>
    public SipResponseBuilder Handle(SipRequest request, string user, SipFlow from, Instant now, List<BindingChange> changes)
    {
        if (!request.To.Tag.IsEmpty) return new(request, 400, "To Has A Tag");
        if (request.To.ParseUri() is var record && (!record.IsSipOrSips || record.UserText != user)) return new(request, 403);
        int contacts = 0;
        foreach (var value in request.Values(SipHeader.Contact)) contacts += value.IsEmpty ? 0 : 1;
        if (contacts > 1) return new(request, 403, "One Contact Per REGISTER");
        if (contacts == 0) return Describe(request, user, now);
        if (request.First(SipHeader.Contact).TrimLws().SequenceEqual("*"u8)) return RemoveAll(request, user, now, changes);
        return Register(request, user, from, now, changes);
    }

    public void HandleDue(Instant now, List<BindingChange> changes)
    {
        while (NextDue <= now && _due.TryDequeue(out var binding, out _))
        {
            Remove(binding);
            changes.Add(new(binding, BindingFate.Expired));
        }
    }

    private SipResponseBuilder Register(SipRequest request, string user, SipFlow from, Instant now, List<BindingChange> changes)
    {
        if (!request.TryGetContact(out var contact) || contact.ParseUri() is var uri && !uri.IsSipOrSips)
            return new(request, 400, "Contact Is Not A SIP URI");
        int quality = 1_000;
        if (contact.Parameters.TryFind("q"u8, out var given) && !TryQuality(given, out quality)) return new(request, 400, "Bad q");
        if (!TryPath(request, out var path)) return new(request, 400, "Bad Path");
        var outbound = OutboundFlow.Of(request, contact, path);
        var old = FindSame(user, uri, outbound);
        if (IsLate(old, request)) return new(request, 400, "CSeq Out Of Order");
        var expiry = Expiry(request, contact);
        if (expiry == TimeSpan.Zero)
        {
            if (old is null) return Describe(request, user, now);
            Remove(old);
            changes.Add(new(old, BindingFate.Unregistered));
            return Describe(request, user, now);
        }
        if (expiry < MinimumExpiry) return new SipResponseBuilder(request, 423).Add(SipHeader.MinExpires, Seconds(MinimumExpiry));
        if (old is null && Count >= Limits.AllBindings) return new SipResponseBuilder(request, 503).Add(SipHeader.RetryAfter, "60");
        if (old is null && _bindings.TryGetValue(user, out var all) && all.Count >= Limits.Bindings)
        {
            // A phone that lost its memory leaves bindings behind: the stalest goes.
            var stalest = all.MinBy(b => b.RegisteredAt)!; // there are some
            Remove(stalest);
            changes.Add(new(stalest, BindingFate.Unregistered));
        }
        var agent = request.First(SipHeader.UserAgent);
        var binding = new ContactBinding
        {
            User = user,
            Contact = contact.ToString(),
            Flow = from,
            CallId = request.CallId.AsText(),
            CSeq = request.CSeq.Number,
            Quality = quality,
            UserAgent = (agent.Length > Limits.UserAgentCharacters ? agent[..Limits.UserAgentCharacters] : agent).AsText(),
            RegisteredAt = now,
            ExpiresAt = now + (expiry < MaximumExpiry ? expiry : MaximumExpiry),
            Path = path,
            Outbound = outbound,
        };
        if (binding.IsBehindNat && expiry > NatExpiry) binding = binding with { ExpiresAt = now + NatExpiry };
        if (old is not null)
        {
            Remove(old);
            // The flow is the same, its Contact another: who keeps bindings by their Contact must hear that this one is gone.
            if (old.Contact != binding.Contact) changes.Add(new(old, BindingFate.Unregistered));
        }
        Put(binding);
        changes.Add(new(binding, BindingFate.Registered));
        var response = Describe(request, user, now);
        // RFC 3327 section 5.3, RFC 5626 section 6: who wrote himself into the path sees it, and the phone that its flows are kept.
        if (path.Count > 0) response.Add(SipHeader.Path, string.Join(", ", path));
        return outbound is null ? response : response.Add(SipHeader.Require, "outbound");
    }

    /// <summary>False for a path that no request could be sent along.</summary>
    private static bool TryPath(SipRequest request, out List<string> path)
    {
        path = [];
        int bytes = 0;
        foreach (var value in request.Values(SipHeader.Path))
        {
            if (value.IsEmpty) continue;
            if (path.Count == Limits.PathHops || (bytes += value.Length) > Limits.PathBytes
                || NameAddress.TryParse(value, out var hop) is not ParseStatus.Ok || !hop.ParseUri().IsSipOrSips) return false;
            path.Add(value.AsText());
        }
        return true;
    }

    /// <summary>§10.2.2: the asterisk stands for all bindings, and only for their removal.</summary>
    private SipResponseBuilder RemoveAll(SipRequest request, string user, Instant now, List<BindingChange> changes)
    {
        if (!request.First(SipHeader.Expires).TrimLws().SequenceEqual("0"u8)) return new(request, 400, "Asterisk Needs Expires 0");
        foreach (var binding in Find(user))
        {
            if (IsLate(binding, request)) return new(request, 400, "CSeq Out Of Order");
        }
        foreach (var binding in Find(user))
        {
            Remove(binding);
            changes.Add(new(binding, BindingFate.Unregistered));
        }
        return Describe(request, user, now);
    }

    /// <summary>§10.3 step 8: all current bindings.</summary>
    private SipResponseBuilder Describe(SipRequest request, string user, Instant now)
    {
        var response = new SipResponseBuilder(request, 200);
        foreach (var binding in Find(user))
        {
            string quality =
                binding.Quality == 1_000 ? "" : $";q={(binding.Quality / 1_000.0).ToString("0.0##", CultureInfo.InvariantCulture)}";
            response.Add(SipHeader.Contact, $"<{binding.Contact}>{quality};expires={Seconds(binding.ExpiresAt - now)}");
        }
        return response;
    }

    /// <summary>§10.3 step 7: within one Call-ID only what is newer counts.</summary>
    private static bool IsLate(ContactBinding? old, SipRequest request) =>
        old is not null && old.CallId == request.CallId.AsText() && request.CSeq.Number <= old.CSeq;

    /// <summary>The Contact's own word, else the Expires header, else our default.</summary>
    private static TimeSpan Expiry(SipRequest request, NameAddress contact)
    {
        var text = contact.Parameters.TryFind("expires"u8, out var own) ? own : request.First(SipHeader.Expires).TrimLws();
        return Grammar.TryNumber(text, uint.MaxValue, out uint seconds) ? TimeSpan.FromSeconds(seconds) : DefaultExpiry;
    }

    /// <summary>§25.1 qvalue: 0, 1, and up to three digits behind the point.</summary>
    private static bool TryQuality(ReadOnlySpan<byte> text, out int thousandths)
    {
        thousandths = 0;
        if (text.IsEmpty || text.Length > 5 || text[0] is not ((byte)'0' or (byte)'1') || text.Length > 1 && text[1] != '.') return false;
        if (text.Length > 2 && !Grammar.TryNumber(text[2..], 999, out _)) return false;
        thousandths = text[0] == '1' ? 1_000 : 0;
        for (int i = 2, weight = 100; i < text.Length; i++, weight /= 10) thousandths += (text[i] - '0') * weight;
        return thousandths <= 1_000;
    }

    /// <summary>
    /// RFC 5626 section 6: of a phone that keeps flows the same one, whatever Contact it has by now; else the same Contact.
    /// </summary>
    private ContactBinding? FindSame(string user, SipUri uri, OutboundFlow? outbound)
    {
        foreach (var binding in Find(user))
            if (outbound is not null && binding.Outbound == outbound) return binding;
        foreach (var binding in Find(user))
            if ((outbound is null || binding.Outbound is null)
                && SipUri.TryParse(Encoding.UTF8.GetBytes(binding.Contact), out var other) is ParseStatus.Ok && other.IsSameAs(uri))
                return binding;
        return null;
    }

    private void Put(ContactBinding binding)
    {
        if (!_bindings.TryGetValue(binding.User, out var list)) _bindings.Add(binding.User, list = []);
        list.Add(binding);
        list.Sort(static (a, b) => (b.Quality, b.RegisteredAt).CompareTo((a.Quality, a.RegisteredAt)));
        Count++;
        if (_due.Count > 2 * Count + 1_024) Tidy();
        _due.Enqueue(binding, binding.ExpiresAt.Nanos);
    }

    /// <summary>Deadlines of bindings that were refreshed since pile up only so far.</summary>
    private void Tidy()
    {
        _due.Clear();
        foreach (var binding in _bindings.Values.SelectMany(list => list)) _due.Enqueue(binding, binding.ExpiresAt.Nanos);
    }

    private void Remove(ContactBinding binding)
    {
        if (!_bindings.TryGetValue(binding.User, out var list) || !list.Remove(binding)) return;
        Count--;
        if (list.Count == 0) _bindings.Remove(binding.User);
    }

    private bool IsCurrent(ContactBinding binding)
    {
        foreach (var current in _bindings.GetValueOrDefault(binding.User) ?? [])
            if (ReferenceEquals(current, binding)) return true;
        return false;
    }

    /// <summary>Whole seconds, rounded up: a phone that refreshes at the last moment is not too late.</summary>
    private static string Seconds(TimeSpan span) => ((long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
