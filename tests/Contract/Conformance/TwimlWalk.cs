using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Testing;
using Ringwright.Texml.Twiml;

namespace Ringwright.Contract.Conformance;

/// <summary>
/// The root of TwiML on the running program: whose things each operation shows and changes, and what it answers to bodies that nobody would
/// send by mistake.
/// </summary>
[Collection(nameof(HostileBodies))]
public sealed class TwimlWalk(ConformanceNode node) : IDisposable
{
    private const int Huge = 1024 * 1024, Many = 20_000;
    private const string AccountSid = "AccountSid", FormType = "application/x-www-form-urlencoded";

    private static readonly IReadOnlyList<Operation> Bound = FindBound();

    /// <summary>The same at the paths that have no suffix.</summary>
    private static readonly IReadOnlyList<Operation> Aliased =
    [
        .. TwimlContract.Read().Aliases.SelectMany(alias => Bound.Where(alias.Includes)
            .Select(operation => operation with { Path = alias.Path })),
    ];

    private readonly HttpClient _http = new() { BaseAddress = node.Root };

    public void Dispose() => _http.Dispose();

    private static List<Operation> FindBound()
    {
        var contract = TwimlContract.Read();
        var table = TwimlBindings.ReadOnly(contract);
        return [.. contract.Operations.Where(operation => table[operation].IsReal)];
    }

    [Fact]
    public async Task What_an_account_has_is_to_another_one_what_never_was()
    {
        Side owner = await MakeAsync("twiml owner"), stranger = await MakeAsync("twiml stranger");
        var (queue, application) = (await CreateAsync(owner, "CreateQueue"), await CreateAsync(owner, "CreateApplication"));
        string Theirs(string path) => path.Contains("/Queues/", StringComparison.Ordinal) ? queue
            : path.Contains("/Applications/", StringComparison.Ordinal) ? application : Nobodys("CA");
        var faults = new List<string>();
        int asked = 0;
        foreach (var operation in Bound.Concat(Aliased).Where(operation => operation.PathNames.Contains(AccountSid)))
        {
            // By the owner's name, with another's name and key.
            await CompareAsync(operation, owner.Sid, Nobodys("AC"), _ => Nobodys("CA"), _ => Nobodys("CA"));
            // By its own name, for what is the owner's.
            if (operation.PathNames.Count > 1)
                await CompareAsync(operation, stranger.Sid, stranger.Sid, Theirs, path => Nobodys(Theirs(path)[..2]));
        }
        Assert.True(asked > 120, $"{asked} were asked");
        Faults.None(faults);
        foreach (string id in new[] { "FetchQueue", "FetchApplication" })
            Assert.Equal(200, (await AskAsync(owner, Find(id), owner.Sid, Theirs)).Status);
        Assert.Equal(401, (await AskAsync(owner with { Key = stranger.Key }, Find("ListCall"), owner.Sid, Theirs)).Status);

        async Task CompareAsync(Operation operation, string one, string other, Func<string, string> theirs, Func<string, string> nobodys)
        {
            Answer found = await AskAsync(stranger, operation, one, theirs), none = await AskAsync(stranger, operation, other, nobodys);
            asked++;
            string seen = Plain(found.Text, one, theirs(operation.Path)), expected = Plain(none.Text, other, nobodys(operation.Path));
            if (found.Status != none.Status || seen != expected) faults.Add($"{operation}: {found}\nbut for nobody's: {none}");
            if (one != stranger.Sid && found.Status < 400) faults.Add($"{operation} at another's account: {found}");
        }
    }

    [Fact]
    public async Task A_recording_is_deleted_at_the_path_of_its_sound()
    {
        var owner = await MakeAsync("twiml recordings");
        var named = Find("DeleteRecording");
        var bare = Aliased.Single(operation => operation.Id == named.Id);
        Assert.Equal(Find("FetchRecordingMedia").Path, bare.Path);
        foreach (var operation in new[] { named, bare })
        {
            var answer = await AskAsync(owner, operation, owner.Sid, _ => Nobodys("RE"));
            Assert.True(answer.Status == 404 && IsRefusal(answer), answer.ToString());
        }
    }

    [Theory, InlineData("ListConnectApp"), InlineData("ListKey"), InlineData("ListIncomingPhoneNumberLocal")]
    public async Task What_is_not_built_says_so_without_a_suffix_too(string id)
    {
        var owner = await MakeAsync($"twiml {id}");
        var contract = TwimlContract.Read();
        var named = contract.Find(id)!;     // an operation of the contract
        string bare = Assert.Single(contract.Aliases, alias => alias.Includes(named)).Path;
        Assert.Equal(named.Path, bare + ".json");
        foreach (var operation in new[] { named, named with { Path = bare } })
        {
            var answer = await AskAsync(owner, operation, owner.Sid, _ => Nobodys("PN"));
            Assert.True(answer.Status == 501 && IsRefusal(answer), answer.ToString());
        }
    }

    [Theory, Seeds(1)]
    public async Task No_body_is_answered_with_a_fault_of_ours(ulong seed)
    {
        var rng = new Rng(seed);
        var owner = await MakeAsync($"twiml bodies {seed}");
        var faults = new List<string>();
        foreach (var operation in Bound.Where(operation => operation.Body?.Find(FormType) is not null))
            foreach (var (what, body) in Bodies(operation, rng))
            {
                var answer = await AskAsync(owner, operation, owner.Sid, _ => Nobodys("CA"), body);
                if (answer.Status >= 500 || (answer.Status >= 400 && !IsRefusal(answer))) faults.Add($"{operation}, {what}: {answer}");
            }
        Faults.None(faults);
    }

    private static IEnumerable<(string What, byte[] Body)> Bodies(Operation operation, Rng rng)
    {
        byte[] noise = new byte[200];
        rng.Fill(noise);
        yield return ("noise", noise);
        foreach (string text in new[] { "", "=&=&&=", "%zz=%&%=%u0041%C3", "{\"FriendlyName\":{}}", "a", "<Response/>" })
            yield return (text, Encoding.UTF8.GetBytes(text));
        yield return ("many fields", Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, Many).Select(i => $"f{i}=0"))));
        // A field that is there: it has one.
        var properties = operation.Body!.Find(FormType)!.Schema.AllProperties().Select(property => property.Key).ToList();
        foreach (string name in properties)
            yield return ($"odd {name}", Encoding.UTF8.GetBytes($"{name}={Values[rng.Next(Values.Length)]}"));
        if (properties.Count == 0) yield break;
        string chosen = properties[rng.Next(properties.Count)];
        yield return ($"a huge {chosen}", Encoding.UTF8.GetBytes($"{chosen}={new string('x', Huge)}"));
        yield return ($"{chosen} over and over", Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Repeat($"{chosen}=1", Many))));
    }

    private static readonly string[] Values =
    [
        "", "%20", "-1", "99999999999999999999999999", "1.5", "true", "%F0%9F%98%80", "%00", "%FF%FE", "%0D%0AX-Evil%3A%201",
        "..%2F..%2Fetc%2Fpasswd", "http%3A%2F%2F%5B%3A%3A1", "file%3A%2F%2F%2Fetc%2Fpasswd", new('9', 5_000), "%7B%7D", "%5B%5D",
    ];

    /// <summary>In the shape of this root's errors.</summary>
    private static bool IsRefusal(Answer answer) => answer.Json is JsonObject said && said["code"] is JsonValue code
        && code.TryGetValue(out int _) && (string?)said["message"] is { Length: > 0 } && (int?)said["status"] == answer.Status;

    private static Operation Find(string id) => Bound.Single(operation => operation.Id == id);

    private static string Nobodys(string kind) => kind + new string('0', 32);

    /// <summary>Without what was asked for.</summary>
    private static string Plain(string text, string account, string thing) =>
        text.Replace(account, "ACCOUNT", StringComparison.Ordinal).Replace(thing, "THING", StringComparison.Ordinal);

    private async Task<Side> MakeAsync(string name)
    {
        var made = await node.CommandAsync("node/tenants", new() { ["name"] = name, ["request_rate"] = null, ["channels"] = null });
        return new((string)made["account_sid"]!, (string)made["telnyx_key"]!);
    }

    private async Task<string> CreateAsync(Side side, string id)
    {
        var made = await AskAsync(side, Find(id), side.Sid, static _ => "", Encoding.UTF8.GetBytes("FriendlyName=theirs"));
        Assert.True(made.Status == 201, made.ToString());
        return (string)made.Json!["sid"]!;
    }

    /// <param name="things">What names of the path stand for, but the account's; by the path.</param>
    /// <param name="body">None is an empty form where the operation has one.</param>
    private async Task<Answer> AskAsync(Side side, Operation operation, string account, Func<string, string> things, byte[]? body = null)
    {
        string path = TwimlDialect.Root + operation.Path;
        foreach (string name in operation.PathNames)
            path = path.Replace($"{{{name}}}", name == AccountSid ? account : things(operation.Path), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new(operation.Method), path);
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{side.Sid}:{side.Key}")));
        if (operation.Body?.Find(FormType) is not null)
            request.Content = new ByteArrayContent(body ?? []) { Headers = { ContentType = new MediaTypeHeaderValue(FormType) } };
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), new Dictionary<string, string>());
    }

    private sealed record Side(string Sid, string Key);
}
