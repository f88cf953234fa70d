using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>
/// A phone at a carrier proves its number: it rings, hears a voice, and the code that the voice was to say
/// opens the number for its account alone.
/// </summary>
public sealed class VerifiedNumberTests : IAsyncLifetime
{
    private const int Voice = 440;
    private const string Prefix = "+1646555", Number = Prefix + "0101";

    private readonly ConcurrentQueue<string> _spoken = new();
    private WebApplication _voices = null!;     // made before the test
    private RunningNode _node = null!;          // made before the test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _voices = builder.Build();
        _voices.MapPost("/audio/speech", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _spoken.Enqueue((string)JsonNode.Parse(await reader.ReadToEndAsync(Stop))!["input"]!);
            return Results.Bytes(Wav.Tone(Voice, 3_000), "audio/wav");
        });
        await _voices.StartAsync(Stop);
        _node = new RunningNode("--speech-url", _voices.Urls.First());
        await _node.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _voices.DisposeAsync();
    }

    [Fact]
    public async Task A_phone_hears_the_code_that_proves_its_number_and_nobody_else_does()
    {
        await using var phone = new Phone(_node, 1_000);
        var trunk = await OperateAsync("trunks", new() { ["name"] = "carrier", ["host"] = "127.0.0.1", ["port"] = phone.Port });
        await OperateAsync("routes", new() { ["trunk_id"] = (string)trunk["id"]!, ["prefix"] = Prefix });
        await using var customer = await Customer.CreateAsync(_node, 0);
        // Its account would record whatever it calls.
        var standing = (await customer.SendAsync(HttpMethod.Get, "outbound_voice_profiles")).AsArray()
            .Single(p => (string?)p!["name"] == "Default")!;
        await customer.SendAsync(HttpMethod.Patch, $"outbound_voice_profiles/{standing["id"]}",
            new() { ["name"] = "Default", ["call_recording"] = new JsonObject { ["call_recording_type"] = "all" } });

        var asked = await customer.TryAsync(HttpMethod.Post, "verified_numbers",
            new() { ["phone_number"] = Number, ["verification_method"] = "call" });
        Assert.True(asked.Status == 200, asked.ToString());
        await phone.HearsAsync(Voice);
        string text = _spoken.Single(said => said.Contains("The code is", StringComparison.Ordinal));
        string code = string.Concat(Regex.Match(text, "(?<=The code is )[0-9, ]+").Value.Where(char.IsAsciiDigit));
        await phone.IsOverAsync();          // the node hangs up when it has said it

        Assert.Empty((await customer.SendAsync(HttpMethod.Get, "recordings")).AsArray());
        string told = (await customer.SendAsync(HttpMethod.Get, "call_events")).ToJsonString();
        Assert.DoesNotContain(text[..20], told, StringComparison.Ordinal);

        string path = $"verified_numbers/{Uri.EscapeDataString(Number)}";
        (await customer.TryAsync(HttpMethod.Post, path + "/actions/verify",
            new() { ["verification_code"] = code == "000000" ? "000001" : "000000" })).Refuses(422, "10015");
        var proved = await customer.SendAsync(HttpMethod.Post, path + "/actions/verify", new() { ["verification_code"] = code });
        Assert.Equal(Number, (string?)proved["phone_number"]);

        // Now a call out may show it, of this account.
        await using var callee = new Phone(_node, 600);
        var other = await OperateAsync("trunks", new() { ["name"] = "other carrier", ["host"] = "127.0.0.1", ["port"] = callee.Port });
        await OperateAsync("routes", new() { ["trunk_id"] = (string)other["id"]!, ["prefix"] = "+1647" });
        var dialled = await customer.TryAsync(HttpMethod.Post, "calls",
            new() { ["connection_id"] = customer.Application, ["to"] = "+16475550100", ["from"] = Number });
        Assert.True(dialled.Status == 200, dialled.ToString());
        await Eventually.TrueAsync(() => callee.IsUp, "the callee is called");
        Assert.Contains($"sip:{Number}@", callee.InviteFrom, StringComparison.Ordinal);
    }

    private async Task<JsonNode> OperateAsync(string path, JsonObject body)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(_node.Admin, "operator/v1/" + path),
            new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}

/// <summary>The operator's own word for a number, by commands.</summary>
public sealed class VerifiedNumberCommandTests(RunningNode node)
{
    private const string Number = "+16465550191";

    [Fact]
    public async Task The_operators_command_lets_an_account_show_a_number_and_takes_it_away()
    {
        string shop = $"shop-{Guid.NewGuid():N}";
        await node.NewTenantAsync(shop);
        Assert.Contains($"'{shop}' may show", await node.RunAsync("numbers", "verify", Number, "--tenant", shop), StringComparison.Ordinal);
        string list = await node.RunAsync("numbers", "verified");
        Assert.Contains(Number, list, StringComparison.Ordinal);
        Assert.Contains("operator", list, StringComparison.Ordinal);
        Assert.DoesNotContain(Number, await node.RunAsync("numbers", "verified", "--tenant", "default", "--json"),
            StringComparison.Ordinal);
        await node.RunAsync("numbers", "unverify", Number, "--tenant", shop);
        Assert.DoesNotContain(Number, await node.RunAsync("numbers", "verified", "--json"), StringComparison.Ordinal);
    }
}
