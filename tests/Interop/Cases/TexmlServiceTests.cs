using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Documents that have calls recorded elsewhere, stream them and ask other servers.</summary>
public sealed class TexmlServiceTests(RunningNode node) : DocumentCase(node)
{
    private async Task<string> ConnectorAsync(int port)
    {
        string name = $"archive-{Guid.NewGuid():N}";
        await Customer.SendAsync(HttpMethod.Post, "siprec_connectors",
            new() { ["name"] = name, ["host"] = "127.0.0.1", ["port"] = port });
        return name;
    }

    [Fact]
    public async Task Connect_Siprec_lasts_until_the_session_is_stopped_and_tells_of_both_ends()
    {
        using var said = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var heard = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var server = Sipp.Listen("uas-siprec", "-key", "said", $"{PortOf(said)}", "-key", "heard", $"{PortOf(heard)}");
        string connector = await ConnectorAsync(server.Port);
        Web.Serve("after", "<Hangup/>");
        Apply($"""
            <Connect><Siprec connectorName="{connector}" name="mine" statusCallback="siprec">
              <Parameter name="case" value="77"/></Siprec></Connect>
            <Redirect>after</Redirect>
            """);
        await CallAsync();
        var started = await Web.NextAsync("siprec");
        Assert.Equal(("siprec-started", "mine"), (started["SiprecEvent"], started["SiprecName"]));
        Assert.True(started.IsSignedBy(Customer.PublicKey));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        Assert.Equal(172, (await said.ReceiveAsync(limit.Token)).Buffer.Length);
        Assert.DoesNotContain(Web.All, asked => asked.Path == "after");
        (await Customer.TryActAsync(started["CallSid"], "siprec_stop")).IsOk();
        var stopped = await Web.NextAsync("siprec", 2);
        Assert.Equal(("siprec-stopped", started["SiprecSid"]), (stopped["SiprecEvent"], stopped["SiprecSid"]));
        await Web.NextAsync("after");
        await server.SucceedsAsync();
        await CompletedAsync();
    }

    [Fact]
    public async Task Start_Siprec_goes_on_beside_the_document_until_it_is_stopped_by_name()
    {
        using var sink = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var server = Sipp.Listen("uas-siprec", "-key", "said", $"{PortOf(sink)}", "-key", "heard", $"{PortOf(sink)}");
        string connector = await ConnectorAsync(server.Port);
        Web.Serve("go", $"<Stop><Siprec name=\"other\"/></Stop><Stop><Siprec name=\"mine\"/></Stop><Hangup/>");
        Apply($"""
            <Start><Siprec connectorName="{connector}" name="mine" statusCallback="siprec"/></Start>
            <Gather numDigits="1" action="go" timeout="30"/>
            """);
        var phone = await CallAsync();
        await Web.NextAsync("siprec");
        await UntilAskedAsync(() => phone.Audio.Press("1"), "go");
        Assert.Equal("siprec-stopped", (await Web.NextAsync("siprec", 2))["SiprecEvent"]);
        await server.SucceedsAsync();
        Assert.Contains("Stop finds no Siprec of the name other", await TraceAsync((await CompletedAsync())["CallSid"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_server_that_is_not_there_is_told_and_the_document_goes_on()
    {
        string connector = await ConnectorAsync(FreePort.Tcp());
        Apply($"""
            <Connect><Siprec connectorName="nobody"/></Connect>
            <Connect><Siprec connectorName="{connector}" secure="true" statusCallback="siprec"/></Connect><Say>It goes on.</Say>
            """);
        var phone = await CallAsync();
        var failed = await Web.NextAsync("siprec");
        Assert.Equal("siprec-failed", failed["SiprecEvent"]);
        Assert.NotEmpty(failed["SiprecError"]);
        await phone.Audio.HearsSomethingAsync();
        Assert.Contains("there is no SIPREC connector nobody in this account", await TraceAsync((await CompletedAsync())["CallSid"]),
            StringComparison.Ordinal);
    }

    private static int PortOf(UdpClient socket) => ((IPEndPoint)socket.Client.LocalEndPoint!).Port;

    [Fact]
    public async Task What_another_server_answers_stands_in_the_rest_of_the_document_and_in_its_action()
    {
        string url = Web.Serve("contacts", async (asked, context) =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"contact": {"name": {"first": "Ada & <Co>"}, "ids": [17, 18]}, "CallSid": "forged"}""");
        });
        Web.Serve("next", "<Hangup/>");
        Apply($$$"""
            <HttpRequest><Request url="contacts"><Headers>
                <Header><Key>Authorization</Key><Value>Bearer secret</Value></Header>
                <Header><Key>Content-Type</Key><Value>application/json</Value></Header>
                <Header><Key>Host</Key><Value>elsewhere.example</Value></Header></Headers>
              <Body><![CDATA[{"from": "{{From}}"}]]></Body></Request>
              <Response><Type>JSON</Type><StatusCode>200</StatusCode><Content>
                <Field><Name>contact.name.first</Name><Value>first_name</Value></Field>
                <Field><Name>contact.ids.1</Name><Value>second</Value></Field>
                <Field><Name>contact.none</Name><Value>nothing</Value></Field>
                <Field><Name>CallSid</Name><Value>CallSid</Value></Field></Content></Response></HttpRequest>
            <Redirect>next?name={{second}}{{nothing}}&amp;to={{To}}</Redirect>
            """);
        Ring();
        var asked = await Web.NextAsync("contacts");
        Assert.Equal(("POST", "Bearer secret", "application/json", """{"from": "+13125550142"}"""),
            (asked.Method, asked.Headers.Authorization.ToString(), asked.Headers.ContentType.ToString(), asked.Body));
        Assert.StartsWith("127.0.0.1:", asked.Headers.Host.ToString(), StringComparison.Ordinal);
        var next = await Web.NextAsync("next");
        Assert.StartsWith("v3:", next["CallSid"], StringComparison.Ordinal);
        Assert.Equal($"?name=18&to={Customer.Number}", next.Query);
        string trace = await TraceAsync((await CompletedAsync())["CallSid"]);
        Assert.Contains("Host is the node's", trace, StringComparison.Ordinal);
        Assert.Contains("the answer has no text or number contact.none", trace, StringComparison.Ordinal);
        Assert.Contains("CallSid is a parameter of every request", trace, StringComparison.Ordinal);

        Web.Serve("lookup", "<Redirect method=\"GET\">next?hello={{first_name}}</Redirect>");
        Apply($$$"""
            <HttpRequest action="lookup"><Request url="{{{url}}}" method="GET"/><Response><Content>
              <Field><Name>contact.name.first</Name><Value>first_name</Value></Field></Content></Response></HttpRequest>
            """);
        Ring();
        var lookup = await Web.NextAsync("lookup");
        Assert.Equal(("POST", "Ada & <Co>", "200"), (lookup.Method, lookup["first_name"], lookup["HttpStatusCode"]));
        await CompletedAsync(2);
    }

    /// <summary>HttpRequest answers nobody.</summary>
    private void Ring() => NewPhone().Call(Customer.Number);

    /// <summary>What is wrong with a server, and what is told of that.</summary>
    public static TheoryData<(string How, string Told)> Failing => Depth.Rows<(string, string)>(
        [("status", "The server answered 500"), ("forbidden", "Request: ")],
        [("no JSON", "the answer is no JSON"), ("nobody", "HttpRequest: ")]);

    [Theory, MemberData(nameof(Failing))]
    public async Task A_request_that_fails_is_a_warning_and_the_next_verb_comes((string How, string Told) row)
    {
        var (how, told) = row;
        string url = how switch
        {
            "status" => Web.Serve("bad", (_, context) =>
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            }),
            "no JSON" => Web.Serve("html", (_, context) => context.Response.WriteAsync("<html/>")),
            "nobody" => $"http://127.0.0.1:{FreePort.Tcp()}/",
            _ => "http://169.254.169.254/latest/meta-data/",
        };
        Apply($$$"""
            <HttpRequest action="never"><Request url="{{{url}}}" method="GET"/><Response><Content>
              <Field><Name>a</Name><Value>value</Value></Field></Content></Response></HttpRequest><Redirect>after?x={{value}}x</Redirect>
            """);
        Web.Serve("after", "<Hangup/>");
        Ring();
        Assert.Equal("?x=x", (await Web.NextAsync("after")).Query);
        Assert.Contains(told, await TraceAsync((await CompletedAsync())["CallSid"]), StringComparison.Ordinal);
        Assert.DoesNotContain(Web.All, asked => asked.Path == "never");
    }

    [Fact]
    public async Task A_request_that_nobody_waits_for_is_sent_though_the_call_ends()
    {
        var release = new TaskCompletionSource();
        Web.Serve("slow", (_, _) => release.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Apply("""<HttpRequest async="true"><Request url="slow"><Body>it calls</Body></Request></HttpRequest><Hangup/>""");
        Ring();
        await CompletedAsync();
        Assert.Equal("it calls", (await Web.NextAsync("slow")).Body);
        release.SetResult();
    }
}
