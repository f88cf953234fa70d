using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>
/// <c>ringwright serve</c> as a process, started by another program that limits what it has: files, or a disk of its own.
/// </summary>
internal sealed class ServedNode : IDisposable
{
    public const string Key = "KEY-of-the-tests";
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ringwright.dll");

    private readonly TempFolder _folder;
    private readonly ConcurrentQueue<string> _errors = new();

    private ServedNode(TempFolder folder, Process process) => (_folder, Process) = (folder, process);

    public Process Process { get; }
    public HttpClient Api { get; } = new() { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) } };
    public HttpClient Admin { get; } = new();
    public int SipPort { get; private set; }
    /// <summary>What it has written to its standard error, as far as that is read.</summary>
    public string Errors => string.Join('\n', _errors);
    /// <summary>The data folder's disk as the process sees it.</summary>
    public string Disk => $"/proc/{Process.Id}/root{_folder.Path}";

    /// <param name="before">What stands before the program; <c>{disk}</c> becomes the folder.</param>
    /// <param name="isLogRead">False leaves the pipe of its standard error to itself.</param>
    public static async Task<ServedNode> StartAsync(string[] before, bool isLogRead = true, params string[] flags)
    {
        var node = Start(before, isLogRead, flags);
        try
        {
            await node.FindAsync();
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>It takes free ports, and says which on its socket.</summary>
    private async Task FindAsync()
    {
        using var socket = new AdminClient(Path.Combine(Disk, "data"));
        var status = await Eventually.SomeAsync(async () =>
        {
            Assert.False(Process.HasExited, $"the node ended at once: {Errors}");
            return await socket.FindNodeAsync(TestContext.Current.CancellationToken) is { IsReady: true } ready ? ready : null;
        }, () => $"the node is ready: {Errors}", TimeSpan.FromSeconds(90));
        (Api.BaseAddress, Admin.BaseAddress, SipPort) = (new(status.Http), new(status.Admin), IPEndPoint.Parse(status.Sip).Port);
    }

    private static ServedNode Start(string[] before, bool isLogRead, string[] flags)
    {
        var folder = new TempFolder();
        int rtp = FreePort.UdpRange(32);
        var process = Process.Start(Line(folder, before,
            ["--http", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--rtp", $"127.0.0.1:{rtp}-{rtp + 31}", .. flags]))
            ?? throw new InvalidOperationException("the program did not start");
        var node = new ServedNode(folder, process);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        if (isLogRead)
        {
            process.ErrorDataReceived += (_, line) => node._errors.Enqueue(line.Data ?? "");
            process.BeginErrorReadLine();
        }
        return node;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Exit, string Errors)> RunAsync(string[] before, string then = "")
    {
        using var folder = new TempFolder();
        using var process = Process.Start(Line(folder, before,
            ["--http", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--sip", "127.0.0.1:0", then]))
            ?? throw new InvalidOperationException("the program did not start");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, errors);
    }

    public Task BecomesReadyAsync() => Eventually.TrueAsync(IsReady, "the node is ready again");

    public async Task<JsonNode> ReadyzAsync() => JsonNode.Parse(await (await Api.GetAsync("readyz",
        TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    public async Task<HttpResponseMessage> PostAsync(string path, string body) =>
        await Api.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
        Api.Dispose();
        Admin.Dispose();
        _folder.Dispose();
    }

    private bool IsReady()
    {
        try
        {
            using var answer = Api.Send(new(HttpMethod.Get, "readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static ProcessStartInfo Line(TempFolder folder, string[] before, string[] flags)
    {
        string[] line = [.. before.Select(w => w.Replace("{disk}", folder.Path, StringComparison.Ordinal)),
            "dotnet", Program, "serve", "--data", Path.Combine(folder.Path, "data"), "--api-key", Key, "--check-replies",
            .. flags.Where(f => f.Length > 0)];
        return new(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
