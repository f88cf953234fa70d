using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Below <c>/v2/texml</c>.</summary>
[Depth("TexmlRestTests hear by this root in the gate"), Collection(nameof(TurnNode))]
public sealed class HearingByTexml(TurnNode node) : HearingTests(node)
{
    private protected override string Suffix => "";

    private protected override string RootOf(string account) => $"/v2/texml/Accounts/{account}/";

    private protected override AuthenticationHeaderValue CredentialsOf(Party party) => new("Bearer", party.Key);

    private protected override async Task PointAsync(Party party, string url)
    {
        var application = await party.Customer.SendAsync(HttpMethod.Post, "texml_applications", new()
        {
            ["friendly_name"] = $"Documents {Guid.NewGuid():N}", ["voice_url"] = url,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = party.Customer.Profile },
        });
        await party.Customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(party.Customer.Number)}",
            new() { ["connection_id"] = (string)application["id"]! });
    }
}

/// <summary>Below <c>/2010-04-01</c>.</summary>
[Collection(nameof(TurnNode))]
public sealed class HearingByTwiml(TurnNode node) : HearingTests(node)
{
    private protected override string Suffix => ".json";

    private protected override string RootOf(string account) => $"/2010-04-01/Accounts/{SidOf(account)}/";

    private protected override AuthenticationHeaderValue CredentialsOf(Party party) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SidOf(party.Account)}:{party.Key}")));

    private protected override async Task PointAsync(Party party, string url)
    {
        var numbers = await GetAsync(party, $"IncomingPhoneNumbers?PhoneNumber={Uri.EscapeDataString(party.Customer.Number)}");
        string sid = (string)Assert.Single(numbers["incoming_phone_numbers"]!.AsArray())!["sid"]!;
        await DoAsync(party, $"IncomingPhoneNumbers/{sid}", $"VoiceUrl={Uri.EscapeDataString(url)}");
    }

    private static string SidOf(string account) => $"AC{Guid.Parse(account):N}";
}

/// <summary>
/// Who hears whom, by what phones hear: for each way in which documents and requests join calls, and with a second account that gives its
/// rooms and queues the same names. The same for both roots of documents.
/// </summary>
public abstract class HearingTests(RunningNode node) : IAsyncLifetime
{
    /// <summary>What four phones say, and two files.</summary>
    private const int One = 440, Two = 700, Three = 1_900, Four = 2_600, Music = 1_500, Said = 1_000;

    private readonly HttpClient _http = new();
    private Party _own = null!;         // set before each test, as the next
    private Party _stranger = null!;

    private protected abstract string Suffix { get; }

    private protected abstract string RootOf(string account);

    private protected abstract AuthenticationHeaderValue CredentialsOf(Party party);

    /// <summary>Calls to the account's number are answered by this document from now on.</summary>
    private protected abstract Task PointAsync(Party party, string url);

    public async ValueTask InitializeAsync()
    {
        var customer = await Customer.CreateAsync(node, node.NextNumber());
        var group = await customer.SendAsync(HttpMethod.Post, "billing_groups", new() { ["name"] = $"hears {Guid.NewGuid():N}" });
        _own = new(customer, (string)group["organization_id"]!, node.Key, await WebAsync());

        string name = $"stranger {Guid.NewGuid():N}", number = $"+1555078{Random.Shared.Next(1_000, 9_999)}";
        var made = await node.NewTenantAsync(name);
        await node.ImportNumbersAsync([number], name);
        string key = (string)made["telnyx_key"]!;
        _stranger = new(await Customer.CreateAsync(node, number, settings: null, key), (string)made["id"]!, key, await WebAsync());
        foreach (var party in (Party[])[_own, _stranger]) await PointAsync(party, party.Web.Root + "voice");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var party in (Party[])[_own, _stranger])
        {
            await party.Customer.DisposeAsync();
            await party.Web.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_is_dialled_hears_alone_what_is_for_him_and_then_the_two_hear_each_other()
    {
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        _own.Web.Serve("alone", "<Play>said.wav</Play>");
        Apply(_own, $"<Dial><Sip url=\"alone\">sip:phone@127.0.0.1:{b.Port}</Sip></Dial><Play loop=\"0\">music.wav</Play>");
        a.Call(_own.Customer.Number);
        await Task.WhenAll(b.HearsOnlyAsync([Said], One), a.HearsOnlyAsync([], Two, Said));
        await Task.WhenAll(a.HearsOnlyAsync([Two], Said), b.HearsOnlyAsync([One], Said));
        b.Hangup();
        await a.HearsOnlyAsync([Music], Two);
        a.Hangup();
    }

    [Fact]
    public async Task A_room_is_heard_by_those_in_it_as_each_of_them_is_and_by_no_other_account_that_names_it()
    {
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        await using var c = new Phone(node, Three);
        await using var d = new Phone(node, Four);
        string name = $"room {Guid.NewGuid():N}";

        // Who waits hears the music until somebody comes who begins it.
        Apply(_own, Room("startConferenceOnEnter=\"false\" waitUrl=\"music.wav\" participantLabel=\"ann\""));
        a.Call(_own.Customer.Number);
        await a.HearsOnlyAsync([Music]);
        Apply(_own, Room("waitUrl=\"\" participantLabel=\"bob\""));
        b.Call(_own.Customer.Number);
        await Task.WhenAll(a.HearsOnlyAsync([Two], Music), b.HearsOnlyAsync([One], Music));
        Apply(_own, Room("waitUrl=\"\" muted=\"true\" participantLabel=\"cat\""));
        c.Call(_own.Customer.Number);
        await c.HearsOnlyAsync([One, Two], Music);
        await Task.WhenAll(a.HearsOnlyAsync([Two], Three), b.HearsOnlyAsync([One], Three));

        // Another account's room of that name is another room.
        Apply(_stranger, Room("waitUrl=\"\" participantLabel=\"bob\""));
        d.Call(_stranger.Customer.Number);
        await Eventually.TrueAsync(() => d.IsUp, "the stranger is answered");
        await d.HearsSilenceAsync();
        await Task.WhenAll(a.HearsOnlyAsync([Two], Four), b.HearsOnlyAsync([One], Four), c.HearsOnlyAsync([One, Two], Four));

        var conference = await Eventually.SomeAsync(async () =>
            (await GetAsync(_own, $"Conferences?FriendlyName={Uri.EscapeDataString(name)}"))["conferences"]!.AsArray().FirstOrDefault(),
            "the conference is there");
        string room = $"Conferences/{conference["sid"]}";
        var there = await Eventually.SomeAsync(async () =>
            (await GetAsync(_own, $"{room}/Participants"))["participants"]!.AsArray() is { Count: 3 } all ? all : null, "three are there");
        string bob = SidOf("bob"), cat = SidOf("cat");
        string hold = $"Hold=true&HoldMethod=GET&HoldUrl={Uri.EscapeDataString(_own.Web.Root + "music.wav")}";

        // By requests: no other account changes any of it, and who is held hears the music alone.
        foreach (string path in (string[])[$"{room}/Participants/{Uri.EscapeDataString(bob)}", room])
            Assert.Equal(404, (await SendAsync(_stranger, HttpMethod.Post, path, path == room ? "Status=completed" : hold)).Status);
        await ChangeAsync(bob, hold);
        await Task.WhenAll(b.HearsOnlyAsync([Music], One, Three, Four), a.HearsSilenceAsync());
        await ChangeAsync(bob, "Hold=false");
        await Task.WhenAll(a.HearsOnlyAsync([Two], Music), b.HearsOnlyAsync([One], Music));

        // Who coaches is heard by one of them.
        await ChangeAsync(cat, $"Muted=false&Coaching=true&CallSidToCoach={Uri.EscapeDataString(bob)}");
        await Task.WhenAll(b.HearsOnlyAsync([One, Three], Two), a.HearsOnlyAsync([Two], Three), c.HearsOnlyAsync([One, Two], Three));

        // What is for all is for all of this room.
        await DoAsync(_own, room, $"AnnounceUrl={Uri.EscapeDataString(_own.Web.Root + "said.wav")}&AnnounceMethod=GET");
        await Task.WhenAll(a.HearsOnlyAsync([Said, Two]), b.HearsOnlyAsync([Said, One]), c.HearsOnlyAsync([Said, One, Two]),
            d.HearsOnlyAsync([], Said, One, Two, Three));
        foreach (var phone in (Phone[])[a, b, c, d]) phone.Hangup();

        string Room(string attributes) => $"<Dial><Conference beep=\"false\" {attributes}>{name}</Conference></Dial><Pause length=\"60\"/>";

        string SidOf(string label) => (string)there.Single(one => (string?)one!["label"] == label)!["call_sid"]!;

        Task<JsonNode> ChangeAsync(string sid, string form) => DoAsync(_own, $"{room}/Participants/{Uri.EscapeDataString(sid)}", form);
    }

    [Fact]
    public async Task Who_waits_in_a_queue_hears_its_music_and_then_who_takes_him_and_nobody_of_another_account()
    {
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        await using var d = new Phone(node, Four);
        string name = $"queue {Guid.NewGuid():N}";
        Apply(_own, $"<Enqueue waitUrl=\"music.wav\">{name}</Enqueue><Play loop=\"0\">said.wav</Play>");
        a.Call(_own.Customer.Number);
        await a.HearsOnlyAsync([Music]);

        Apply(_stranger, $"<Dial timeout=\"60\"><Queue>{name}</Queue></Dial>");
        d.Call(_stranger.Customer.Number);
        await Eventually.TrueAsync(() => d.IsUp, "the stranger is answered");
        await Task.WhenAll(a.HearsOnlyAsync([Music], Four), d.HearsOnlyAsync([], One, Music));

        Apply(_own, $"<Dial><Queue>{name}</Queue></Dial>");
        b.Call(_own.Customer.Number);
        await Task.WhenAll(a.HearsOnlyAsync([Two], Music, Four), b.HearsOnlyAsync([One], Music, Four));
        await d.HearsOnlyAsync([], One, Two, Music);
        b.Hangup();
        await a.HearsOnlyAsync([Said], Two);
        a.Hangup();
        d.Hangup();
    }

    private protected async Task<JsonNode> GetAsync(Party party, string path) =>
        (await SendAsync(party, HttpMethod.Get, path, form: null)).Succeeds().Body;

    private protected async Task<JsonNode> DoAsync(Party party, string path, string form) =>
        (await SendAsync(party, HttpMethod.Post, path, form)).Succeeds().Body;

    private async Task<Answer> SendAsync(Party party, HttpMethod method, string path, string? form)
    {
        string[] parts = path.Split('?', 2);
        string query = parts.Length > 1 ? "?" + parts[1] : "";
        using var request = new HttpRequestMessage(method, new Uri(node.Api, RootOf(party.Account) + parts[0] + Suffix + query));
        request.Headers.Authorization = CredentialsOf(party);
        if (form is not null) request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Headers, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static void Apply(Party party, string verbs) => party.Web.Serve("voice", verbs);

    private static async Task<DocumentServer> WebAsync()
    {
        var web = await DocumentServer.StartAsync();
        foreach (var (path, hertz) in new[] { ("music.wav", Music), ("said.wav", Said) })
        {
            web.Serve(path, (_, context) =>
            {
                context.Response.ContentType = "audio/wav";
                return context.Response.Body.WriteAsync(Wav.Tone(hertz, 4_000)).AsTask();
            });
        }
        return web;
    }

    /// <summary>An account, its number, and the server of its documents.</summary>
    private protected sealed record Party(Customer Customer, string Account, string Key, DocumentServer Web);
}
