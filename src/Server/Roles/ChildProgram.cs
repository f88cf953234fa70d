using System.Diagnostics;

namespace Ringwright.Server.Roles;

/// <summary>
/// This program again, in another role. The child ends when its standard input closes,
/// so that it never outlives us, even when we are killed.
/// </summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private static readonly TimeSpan GracefulEnd = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private ChildProgram(Process process) => _process = process;

    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;
    public int ExitCode => _process.ExitCode;
    public Task Exited => _process.WaitForExitAsync();

    /// <param name="onLine">Each line that the child writes, from both of its outputs.</param>
    /// <param name="environment">Variables that it has beside ours.</param>
    public static ChildProgram Start(IEnumerable<string> arguments, Action<string> onLine,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Host, [Path.Combine(AppContext.BaseDirectory, "ringwright.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("the program could not be started again");
        process.OutputDataReceived += (_, line) => { if (line.Data is { } text) onLine(text); };
        process.ErrorDataReceived += (_, line) => { if (line.Data is { } text) onLine(text); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process);
    }

    /// <summary>The dotnet host that runs us.</summary>
    private static string Host =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>
    /// For the child: completes when the parent is gone or has asked us to end. On a thread of its own, since a read of standard input
    /// blocks: a thread of the pool that never comes back would keep a virtual clock from ever finding the node at rest.
    /// </summary>
    public static Task ParentGoneAsync(CancellationToken stop) => Task.Factory.StartNew(static () =>
    {
        using var input = Console.OpenStandardInput();
        Span<byte> nothing = stackalloc byte[64];
        while (input.Read(nothing) > 0) { }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(stop);

    public void Kill() => _process.Kill();

    /// <summary>Asks the child to end by closing its input; kills it by id when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(GracefulEnd);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }
        }
        _process.Dispose();
    }
}
