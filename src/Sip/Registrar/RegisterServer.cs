using System.Globalization;
using System.Text;
using Ringwright.Core;
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

    /// <summary>64*T1: for longer nobody repeats a request.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromSeconds(32);

    /// <summary>What a phone behind a NAT gets at most: its address outside may be another one tomorrow.</summary>
    public TimeSpan NatExpiry { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Which hosts may stand behind the name in the user of To.</summary>
    public Func<string, bool> IsOurs { get; init; } = _ => false;

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
    /// <param name="isMeant">To means that user, though it has not the name.</param>
    /// <param name="hasRoom">False where the user may have no more places than he has.</param>
    public SipResponseBuilder Handle(SipRequest request, string user, SipFlow from, Instant now, List<BindingChange> changes,
        bool isMeant = false, bool hasRoom = true)
    {
        var record = request.To.ParseUri();
        if (!isMeant && (!record.IsSipOrSips || !Is(user, record.UserText))) return new(request, 403);
        int contacts = 0;
        bool hasAsterisk = false;
        foreach (var value in request.Values(SipHeader.Contact))
        {
            contacts += value.IsEmpty ? 0 : 1;
            hasAsterisk |= Grammar.IsAsterisk(value);
        }
        if (contacts == 0) return Describe(request, user, now);
        if (hasAsterisk) return contacts == 1 ? RemoveAll(request, user, now, changes) : new(request, 400, "Asterisk Beside A Contact");
        return Register(request, user, from, now, changes, hasRoom);
    }

    public void HandleDue(Instant now, List<BindingChange> changes)
    {
        while (NextDue <= now && _due.TryDequeue(out var binding, out _))
        {
            Remove(binding);
            changes.Add(new(binding, BindingFate.Expired));
        }
    }

    /// <summary>Phones that are set up by "user@domain" write all of it as the name, and the domain behind it once more.</summary>
    private bool Is(string user, string written) => written == user
        || written.Length > user.Length && written[user.Length] == '@' && written.StartsWith(user, StringComparison.Ordinal)
            && IsOurs(written[(user.Length + 1)..]);

    /// <summary>§10.3: every Contact as it says, one after the other, or none of them.</summary>
    private SipResponseBuilder Register(SipRequest request, string user, SipFlow from, Instant now, List<BindingChange> changes,
        bool hasRoom)
    {
        if (!WantedContacts.TryPath(request, out var path)) return new(request, 400, "Bad Path");
        if (WantedContacts.Read(request, path, out string? trouble) is not { } wanted) return new(request, 400, trouble);
        var before = Find(user);
        List<ContactBinding> after = [.. before], added = [];
        foreach (var contact in wanted)
        {
            var old = FindSame(after, contact);
            // The same Contact once more in this REGISTER is not late.
            if (old is not null && !added.Remove(old) && IsLate(old, request, now)) return new(request, 400, "CSeq Out Of Order");
            if (old is not null) after.Remove(old);
            if (contact.IsRemoval) continue;
            if (contact.Expiry < MinimumExpiry)
                return new SipResponseBuilder(request, 423).Add(SipHeader.MinExpires, Seconds(MinimumExpiry));
            var binding = Bind(request, user, from, path, contact, now);
            after.Add(binding);
            added.Add(binding);
        }
        // No 403, which phones take for a wrong account.
        if (added.Count > Limits.Bindings) return new(request, 503, "Too Many Contacts");
        while (after.Count > Limits.Bindings)
        {
            // A phone that lost its memory leaves bindings behind: the stalest goes.
            after.Remove(after.Where(b => !added.Contains(b)).MinBy(b => b.RegisteredAt)!);
        }
        if (after.Count > before.Count && (!hasRoom || Count - before.Count + after.Count > Limits.AllBindings))
            return new SipResponseBuilder(request, 503).Add(SipHeader.RetryAfter, "60");
        Replace(before, after, added, changes);

        var response = Describe(request, user, now);
        // RFC 3327 section 5.3, RFC 5626 section 6: who wrote himself into the path sees it, and the phone that its flows are kept.
        if (added.Count > 0 && path.Count > 0) response.Add(SipHeader.Path, string.Join(", ", path));
        return added.Exists(binding => binding.Outbound is not null) ? response.Add(SipHeader.Require, "outbound") : response;
    }

    private ContactBinding Bind(SipRequest request, string user, SipFlow from, List<string> path, WantedContact contact, Instant now)
    {
        var agent = request.First(SipHeader.UserAgent);
        var binding = new ContactBinding
        {
            User = user,
            Contact = contact.Uri,
            Flow = from,
            CallId = request.CallId.AsText(),
            CSeq = request.CSeq.Number,
            Quality = contact.Quality,
            UserAgent = (agent.Length > Limits.UserAgentCharacters ? agent[..Limits.UserAgentCharacters] : agent).AsText(),
            RegisteredAt = now,
            ExpiresAt = now + (contact.Expiry < MaximumExpiry ? contact.Expiry : MaximumExpiry),
            Path = path,
            Outbound = contact.Outbound,
        };
        return binding.IsBehindNat && contact.Expiry > NatExpiry ? binding with { ExpiresAt = now + NatExpiry } : binding;
    }

    private void Replace(IReadOnlyList<ContactBinding> before, List<ContactBinding> after, List<ContactBinding> added,
        List<BindingChange> changes)
    {
        foreach (var old in before)
        {
            if (after.Exists(left => ReferenceEquals(left, old))) continue;
            Remove(old);
            // Who keeps bindings by their Contact must hear that this one is gone, also where only the flow is the same.
            if (!added.Exists(binding => binding.Contact == old.Contact)) changes.Add(new(old, BindingFate.Unregistered));
        }
        foreach (var binding in added)
        {
            Put(binding);
            changes.Add(new(binding, BindingFate.Registered));
        }
    }

    /// <summary>§10.2.2: the asterisk stands for all bindings, and only for their removal.</summary>
    private SipResponseBuilder RemoveAll(SipRequest request, string user, Instant now, List<BindingChange> changes)
    {
        if (!WantedContacts.AreAllOver(request)) return new(request, 400, "Asterisk Needs Expires 0");
        foreach (var binding in Find(user))
        {
            if (IsLate(binding, request, now)) return new(request, 400, "CSeq Out Of Order");
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
            response.Add(SipHeader.Contact,
                $"<{binding.Contact}>{quality}{binding.Outbound?.Parameters};expires={Seconds(binding.ExpiresAt - now)}");
        }
        return response;
    }

    /// <summary>
    /// §10.3 step 7: within one Call-ID only what is newer counts. A phone that was started anew, and makes its Call-ID of what does not
    /// change, counts from the beginning again: what comes when nothing of before can be on its way any more is no late request.
    /// </summary>
    private static bool IsLate(ContactBinding? old, SipRequest request, Instant now) =>
        old is not null && old.CallId == request.CallId.AsText() && request.CSeq.Number <= old.CSeq
        && now - old.RegisteredAt < LongestWay;

    /// <summary>
    /// RFC 5626 section 6: of a phone that keeps flows the same one, whatever Contact it has by now; else the same Contact.
    /// </summary>
    private static ContactBinding? FindSame(List<ContactBinding> among, WantedContact contact)
    {
        foreach (var binding in among)
            if (contact.Outbound is not null && binding.Outbound == contact.Outbound) return binding;
        _ = SipUri.TryParse(Encoding.UTF8.GetBytes(contact.Uri), out var uri);     // it was read
        foreach (var binding in among)
            if ((contact.Outbound is null || binding.Outbound is null)
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
