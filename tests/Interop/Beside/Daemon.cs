using System.Collections.Concurrent;
using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Beside;

/// <summary>A server of others as a process of this test, with a folder of its own.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    /// <param name="folder">Is removed with it.</param>
    public Daemon(TempFolder folder, string program, params string[] line)
    {
        _folder = folder;
        var start = new ProcessStartInfo(Tool.Find(program)!, line)     // the test required it
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _process.ErrorDataReceived += (_, said) => _output.Enqueue(said.Data ?? "");
        _process.OutputDataReceived += (_, said) => _output.Enqueue(said.Data ?? "");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it has said.</summary>
    public string Output => string.Join('\n', _output.TakeLast(40));

    /// <summary>Waits until it answers there with success.</summary>
    public Task AnswersAsync(HttpClient http, string path) => Eventually.SomeAsync(async () =>
    {
        Assert.False(_process.HasExited, $"it ended at once:\n{Output}");
        try
        {
            using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode ? "yes" : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }, () => $"it answers\n{Output}");

    /// <summary>A program that does its work and ends.</summary>
    /// <returns>The exit code and what it printed.</returns>
    public static async Task<(int Status, string Text)> RunAsync(string program, params string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(Tool.Find(program)!, line)       // the test required it
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
