using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>The commands of documents, as a shell sees them: two by starts of the program, the others in the test's process.</summary>
public sealed class DocumentCommandTests : IDisposable
{
    private const string Bad = "<Response>\n  <Say colour=\"red\">Hi</Say>\n  <AIAssistant id=\"a\" join=\"b\"/>\n</Response>";

    private readonly TempFolder _folder = new();

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ringwright.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    [Fact]
    public async Task A_document_is_checked_line_by_line()
    {
        string file = Write("bad.xml", Bad);
        var (exit, output, errors) = await RunAsync("texml", "check", file);
        Assert.Equal((1, ""), (exit, errors));
        Assert.Equal($"""
            {file}:2:8: error: colour is no attribute of Say; accepted: effect, gender, language, loop, voice, voiceSpeed
            {file}:3:23: warning: join does nothing: there are no assistants that join others yet
            1 error, 1 warning

            """, output);
    }

    [Fact]
    public async Task What_is_only_without_effect_is_no_failure()
    {
        string file = Write("warned.xml", "<Response><AIAssistant id=\"a\" join=\"b\"/></Response>");
        var (exit, output, _) = await CommandRun.RunAsync("texml", "check", file);
        Assert.Equal(0, exit);
        Assert.Contains("0 errors, 1 warning", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_one_is_none_in_its_own_language()
    {
        string file = Write("good.xml", "<Response><Pause length=\"600\"/></Response>");
        Assert.Equal((0, $"{file}: nothing is wrong\n", ""), await CommandRun.RunAsync("texml", "check", file, "--language", "twiml"));
        Assert.Equal(1, (await CommandRun.RunAsync("texml", "check", file)).Exit);
    }

    [Fact]
    public async Task Programs_get_it_as_json()
    {
        var (exit, output, _) = await CommandRun.RunAsync("texml", "check", Write("bad.xml", Bad), "--json");
        var said = JsonNode.Parse(output)!;
        Assert.Equal((1, 1, 1), (exit, (int)said["errors"]!, (int)said["warnings"]!));
        var first = said["findings"]![0]!;
        Assert.Equal((2, 8, "error"), ((int)first["line"]!, (int)first["column"]!, (string)first["severity"]!));
        Assert.Contains("language", (string)first["accepted"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_a_web_server_is_fetched_with_its_encoding()
    {
        using var server = new HttpListener();
        string root = $"http://127.0.0.1:{FreePort.Tcp()}/";
        server.Prefixes.Add(root);
        server.Start();
        var asked = server.GetContextAsync();
        var running = CommandRun.RunAsync("texml", "check", root + "menu");
        var context = await asked;
        context.Response.ContentType = "application/xml; charset=iso-8859-1";
        context.Response.Close(System.Text.Encoding.Latin1.GetBytes("<Response><Say farbe=\"grün\">Hi</Say></Response>"), willBlock: true);
        var (exit, output, _) = await running;
        Assert.Equal("GET", context.Request.HttpMethod);
        Assert.Equal(1, exit);
        Assert.Contains("menu:1:16: error: farbe", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("texml check /proc/none.xml", "/proc/none.xml")]
    [InlineData("texml check http://127.0.0.1:1/menu", "http://127.0.0.1:1/menu")]
    [InlineData("texml check a.xml --language klingon", "klingon")]
    [InlineData("texml run /proc/none.xml", "/proc/none.xml")]
    [InlineData("texml run a.xml --digits x", "--digits")]
    [InlineData("texml run a.xml --seconds 0", "--seconds")]
    [InlineData("demo --through pigeons", "pigeons")]
    [InlineData("serve --documents /proc/none", "--documents")]
    [InlineData("serve --documents / --http 0.0.0.0:0 --data /proc/none", "--documents")]
    [InlineData("serve --documents / --trusted-proxies 127.0.0.1/32 --data /proc/none", "--documents")]
    [InlineData("demo --agency --through texml", "--through")]
    [InlineData("demo --agency --days 0", "--days")]
    [InlineData("demo --days 3", "--agency")]
    public async Task What_is_wrong_with_the_call_is_one_line(string line, string named)
    {
        var (exit, output, errors) = await CommandRun.RunAsync([.. line.Split(' ')]);
        Assert.Equal((2, ""), (exit, output));
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        Assert.Contains(named, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_of_the_demo_that_there_is_not_is_told_with_those_that_there_are()
    {
        var (exit, output, errors) = await CommandRun.RunAsync("demo", "--through", "pigeons");
        Assert.Equal((2, ""), (exit, output));
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        foreach (string name in new[] { "pigeons", "telnyx", "texml", "voipbin" })
            Assert.Contains($"'{name}'", errors, StringComparison.Ordinal);
        (exit, output, _) = await RunAsync("demo", "--help");
        Assert.Equal(0, exit);
        Assert.Contains("--through <telnyx|texml|voipbin", output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
