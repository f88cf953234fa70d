using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Phones that call and are called: some never answer, some ring, others are asked for digits, recorded, played to or joined in pairs.
/// Everything begins within a few seconds, so that whenever somebody looks all states are there.
/// </summary>
internal sealed class Crowd : IDisposable
{
    /// <summary>What each of them does: a bit of everything.</summary>
    public static readonly int[] All = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    /// <summary>Those that talk to each other, transferred (7 to 8) and joined (10 to 8), and that are recorded.</summary>
    public static readonly int[] Joined = [7, 8, 10, 8, 6, 3];
    private static readonly TimeSpan Begins = TimeSpan.FromSeconds(4), Repeats = TimeSpan.FromMilliseconds(500),
        Look = TimeSpan.FromMilliseconds(20);

    private readonly Customer _customer;
    private readonly string _format;
    private readonly ConcurrentDictionary<string, Member> _callers = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _scripts = [];
    private readonly List<TimeSpan> _starts;

    /// <param name="kinds">In turn.</param>
    /// <param name="format">Of recordings of calls that come in.</param>
    public Crowd(RunningNode node, Customer customer, Random dice, int count, int[] kinds, string format = "wav")
    {
        (_customer, _format) = (customer, format);
        Members = [.. Enumerable.Range(0, count).Select(i => new Member(new Phone(node), kinds[i % kinds.Length], $"+1312555{i:D4}"))];
        _starts = [.. Members.Select(_ => Begins * dice.NextDouble())];
        customer.Sink.React("hooks", webhook =>
        {
            if (webhook.Type == "call.initiated" && (string?)webhook.Payload["direction"] == "incoming"
                && _callers.TryGetValue((string?)webhook.Payload["from"] ?? "", out var member))
            {
                member.Call = webhook.Call;
                _scripts.Add(TryAsync(() => TakeAsync(member)));
            }
            return Task.FromResult(200);
        });
    }

    public IReadOnlyList<Member> Members { get; }

    /// <summary>The node does not answer any more; scripts end.</summary>
    public bool IsKilled { get; set; }

    /// <summary>What the phones went through: how many got which message in the end.</summary>
    public string Summary
    {
        get
        {
            var calls = Members.SelectMany(m => m.Phone.Calls.Select(call => (m, call))).ToList();
            int Count(Func<Member, PhoneCall, bool> which) => calls.Count(c => which(c.m, c.call));
            return $"{calls.Count} calls at phones: {Count((_, c) => c.Received("BYE").Count > 0)} got BYE, "
                + $"{Count((_, c) => c.Received("CANCEL").Count > 0)} CANCEL, "
                + $"{Count((m, c) => m.IsCaller && c.Statuses.Any(s => s >= 300))} a final response, "
                + $"{Count((m, c) => m.IsCaller && !c.Statuses.Any(s => s > 100))} had heard 100 at most; "
                + $"{Members.Count(m => m.RecordedSince > 0)} were recorded";
        }
    }

    public string Describe(Func<Member, bool> which) => string.Join('\n', Members.Where(which));

    /// <summary>All of them at once; ends when the node is killed.</summary>
    public async Task CallAsync()
    {
        await Task.WhenAll(Members.Select((member, i) => TryAsync(async () =>
        {
            await Task.Delay(_starts[i]);
            if (!IsKilled) await BeginAsync(member, i);
        })));
        while (!IsKilled) await Task.Delay(Look);
        await Task.WhenAll(_scripts);
    }

    /// <summary>Dials of the last minute said once more are the same calls.</summary>
    public async Task RepeatDialsAsync()
    {
        foreach (var member in Members)
        {
            if (member.Dial is not { } dial || member.Call is not { } call
                || Stopwatch.GetElapsedTime(member.DialledAt) > TimeSpan.FromSeconds(45)) continue;
            Assert.Equal(call, (string?)(await _customer.SendAsync(HttpMethod.Post, "calls", dial))["call_control_id"]);
        }
    }

    private async Task BeginAsync(Member member, int index)
    {
        if (member.IsCaller)
        {
            _callers[member.Number] = member;
            member.Phone.Call(_customer.Number, member.Number);
            return;
        }
        if (member.Kind == 8) return;        // its neighbour's call is passed on to it
        member.Dial = _customer.DialBody(member.Phone.Uri, new() { ["command_id"] = Guid.NewGuid().ToString() });
        member.DialledAt = Stopwatch.GetTimestamp();
        member.Call = (string?)(await _customer.SendAsync(HttpMethod.Post, "calls", member.Dial))["call_control_id"];
        if (await RingAsync(member) is not { } ringing || member.Kind == 0) return;
        ringing.Ring();
        if (member.Kind == 1) return;
        if (member.Kind == 9) await Task.Delay(Begins * (index / (double)Members.Count));
        await AcceptAsync(ringing);
        if (member.Kind == 3) await RecordAsync(member, ringing, "record_start", new() { ["format"] = "wav", ["channels"] = "single" });
        else if (member.Kind == 9)
            await ActAsync(member, "speak", new() { ["payload"] = "Please hold the line.", ["voice"] = "female", ["language"] = "en-US" });
        else await ActAsync(member, "gather", new() { ["maximum_digits"] = 4 });
    }

    /// <summary>What the customer does with a call that comes in.</summary>
    private async Task TakeAsync(Member member)
    {
        if (member.Kind == 4 || member.Phone.Calls.FirstOrDefault() is not { } call) return;
        bool isJoined = member.Kind is 7 or 10;
        if (member.Kind == 6 || isJoined && _format == "mp3")
            await RecordAsync(member, call, "answer", new()
            {
                ["record"] = "record-from-answer", ["record_format"] = _format, ["record_channels"] = isJoined ? "dual" : "single"
            });
        else await ActAsync(member, "answer", []);
        if (member.Kind == 5)
            await ActAsync(member, "gather_using_speak",
                new() { ["payload"] = "Press four digits.", ["voice"] = "female", ["language"] = "en-US", ["maximum_digits"] = 4 });
        if (!isJoined || IsKilled) return;
        var other = Members[Members.ToList().IndexOf(member) + 1];
        if (member.Kind == 7) await ActAsync(member, "transfer", new() { ["to"] = other.Phone.Uri });
        else await _customer.SendAsync(HttpMethod.Post, "calls",
            _customer.DialBody(other.Phone.Uri, new() { ["link_to"] = member.Call, ["bridge_on_answer"] = true }));
        if (await RingAsync(other) is { } ringing) await AcceptAsync(ringing);
    }

    private async Task RecordAsync(Member member, PhoneCall call, string action, JsonObject body)
    {
        call.Audio.Say(600, 8_000);
        await ActAsync(member, action, body);
        member.RecordedSince = Stopwatch.GetTimestamp();
    }

    private async Task ActAsync(Member member, string action, JsonObject body)
    {
        if (!IsKilled && member.Call is { } call) (await _customer.TryActAsync(call, action, body)).Succeeds();
    }

    private async Task<PhoneCall?> RingAsync(Member member)
    {
        while (member.Phone.Calls.Count == 0 && !IsKilled) await Task.Delay(Look);
        return member.Phone.Calls.FirstOrDefault();
    }

    /// <summary>Repeats the answer until somebody acknowledges it, be it the next start of the node.</summary>
    private async Task AcceptAsync(PhoneCall call)
    {
        call.Accept();
        while (!IsKilled && call.Received("ACK").Count == 0) await Task.Delay(Look);
        if (call.Received("ACK").Count == 0) _ = RepeatAsync(call);
    }

    private static async Task RepeatAsync(PhoneCall call)
    {
        for (int i = 0; i < 60 && call.Received("ACK").Count == 0 && call.Received("BYE").Count == 0; i++)
        {
            await Task.Delay(Repeats);
            call.RepeatAnswer();
        }
    }

    /// <summary>What the node's death cuts off is no fault; whatever else is, fails the test.</summary>
    private async Task TryAsync(Func<Task> script)
    {
        try
        {
            await script();
        }
        catch (Exception e) when (IsKilled && e is HttpRequestException or IOException or TaskCanceledException) { /* it was on its way */ }
    }

    public void Dispose()
    {
        foreach (var member in Members) member.Phone.Dispose();
    }

    /// <summary>One phone and its one call.</summary>
    internal sealed class Member(Phone phone, int kind, string number)
    {
        public Phone Phone => phone;
        public int Kind => kind;
        /// <summary>Its caller id.</summary>
        public string Number => number;
        public bool IsCaller => Kind is 4 or 5 or 6 or 7 or 10;
        public string? Call { get; set; }
        public JsonObject? Dial { get; set; }
        public long DialledAt { get; set; }
        public long RecordedSince { get; set; }
        public int Invites => Phone.InviteCount;

        /// <summary>The phone knows that it is in no call, and would not wait for one.</summary>
        public bool IsOver =>
            Phone.Calls.All(call => IsCaller ? IsOverFor(call) : call.Received("CANCEL").Count + call.Received("BYE").Count > 0);

        // Who has heard 100 only, of a node that never wrote him down, gives up by himself.
        private bool IsOverFor(PhoneCall call) =>
            call.Statuses.Any(s => s >= 300) || call.Received("BYE").Count > 0 || Call is null && !call.Statuses.Any(s => s > 100);

        public override string ToString() =>
            $"kind {Kind} {Number}: call {Call}, {string.Join("; ", Phone.Calls.Select(Describe))}";

        private static string Describe(PhoneCall call) =>
            $"{call.CallId} statuses {string.Join(' ', call.Statuses)} ack {call.Received("ACK").Count} "
            + $"cancel {call.Received("CANCEL").Count} bye {call.Received("BYE").Count}";
    }
}
