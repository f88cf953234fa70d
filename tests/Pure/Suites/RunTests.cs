using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

/// <summary>Which suites run beside which.</summary>
public sealed class RunTests
{
    private readonly List<string> _told = [];

    private sealed class PacedSuite(string name, bool isPatient, List<string> told, Task? until = null) : ISuite
    {
        public string Name => name;

        public bool IsPatient => isPatient;

        public bool HasSecondTry => false;

        public string? Behind { get; init; }

        public Task WaitedFor { get; private set; } = Task.CompletedTask;

        public async Task<SuiteReport> RunAsync(Ask ask)
        {
            WaitedFor = ask.WaitedFor;
            lock (told) told.Add(name);
            if (until is not null) await until;
            return new SuiteReport(name, 1, 0, 0, 1, [], []);
        }

        public Task<bool> TryAgainAsync(Ask ask, string method, int number) => Task.FromResult(false);
    }

    [Fact]
    public async Task In_the_gate_whose_durations_nobody_writes_the_yardstick_is_one_that_computes()
    {
        TaskCompletionSource edge = new();
        var run = new Run(new Ask(new Tree("/", "/"), Filter: null, IsAll: false, TimeSpan.FromMinutes(1)), _ => { });
        var all = run.AllAsync(
        [
            new PacedSuite("Edge", false, _told, edge.Task), new PacedSuite("Interop", false, _told), new PacedSuite("Pure", true, _told),
        ]);
        await Eventually.TrueAsync(() => { lock (_told) return _told.Count == 2; }, "two of them run");
        Assert.Equal(["Edge", "Pure"], _told.Order(StringComparer.Ordinal));
        edge.SetResult();
        await all;
        Assert.Equal(3, run.Reports.Count);
    }

    [Fact]
    public async Task The_yardstick_runs_alone_and_computing_goes_on_beside_waiting()
    {
        TaskCompletionSource pure = new(), edge = new(), contract = new();
        var lines = new List<string>();
        var run = new Run(new Ask(new Tree("/", "/"), Filter: null, IsAll: true, TimeSpan.FromMinutes(1)), lines.Add);
        var all = run.AllAsync(
        [
            new PacedSuite("Edge", false, _told, edge.Task), new PacedSuite("Interop", false, _told),
            new PacedSuite("Contract", true, _told, contract.Task),
            new PacedSuite("Simulation", true, _told), new PacedSuite("Pure", true, _told, pure.Task),
        ]);
        Assert.Equal(["Pure"], _told);
        pure.SetResult();
        await Eventually.TrueAsync(() => { lock (_told) return _told.Count == 3; }, "two of them run");
        Assert.Equal(["Contract", "Edge"], _told.Skip(1).Order(StringComparer.Ordinal));
        contract.SetResult();
        await Eventually.TrueAsync(() => { lock (_told) return _told.Contains("Simulation"); }, "Simulation does not wait for Edge");
        Assert.DoesNotContain("Interop", _told);
        edge.SetResult();
        await all;
        Assert.Equal(5, run.Reports.Count);
        Assert.Equal(5, lines.Count);
    }

    [Fact]
    public async Task Who_starts_nodes_begins_when_their_code_is_made_ahead()
    {
        TaskCompletionSource ahead = new();
        var run = new Run(new Ask(new Tree("/", "/"), Filter: null, IsAll: false, TimeSpan.FromMinutes(1)), _ => { });
        var all = run.AllAsync(
        [
            new PacedSuite("ahead", true, _told, ahead.Task), new PacedSuite("Edge", false, _told),
            new PacedSuite("Interop", false, _told) { Behind = "ahead" },
        ]);
        await Eventually.TrueAsync(() => run.Reports.Count == 1, "Edge does not wait");
        Assert.Equal(["Edge", "ahead"], _told.Order(StringComparer.Ordinal));
        ahead.SetResult();
        await all;
        Assert.Equal("Interop", _told[^1]);
    }

    [Fact]
    public async Task Who_is_beside_is_waited_for_with_all_before_him_and_whoever_is_left_at_the_end()
    {
        TaskCompletionSource edge = new(), format = new(), packages = new(), pure = new();
        PacedSuite first = new("format", true, _told, format.Task), second = new("packages", true, _told, packages.Task),
            last = new("Pure", true, _told, pure.Task), waiting = new("Node", false, _told) { Behind = "packages" };
        var run = new Run(new Ask(new Tree("/", "/"), Filter: null, IsAll: false, TimeSpan.FromMinutes(1)), _ => { });
        var all = run.AllAsync([first, second, new PacedSuite("Edge", false, _told, edge.Task), waiting, last]);
        Task Begun(string name) => Eventually.TrueAsync(() => { lock (_told) return _told.Contains(name); }, $"{name} runs");

        await Begun("Edge");
        Assert.False(first.WaitedFor.IsCompleted);
        edge.SetResult();
        await first.WaitedFor;
        format.SetResult();
        await Begun("packages");
        Assert.True(second.WaitedFor.IsCompleted);
        packages.SetResult();
        await Begun("Node");
        Assert.True(waiting.WaitedFor.IsCompleted);
        await Begun("Pure");
        await last.WaitedFor;
        pure.SetResult();
        await all;
    }

    [Fact]
    public async Task Who_is_beside_is_not_waited_for_while_others_run()
    {
        TaskCompletionSource edge = new(), pure = new();
        PacedSuite ahead = new("ahead", true, _told), last = new("Pure", true, _told, pure.Task);
        var run = new Run(new Ask(new Tree("/", "/"), Filter: null, IsAll: false, TimeSpan.FromMinutes(1)), _ => { });
        var all = run.AllAsync([ahead, last, new PacedSuite("Interop", false, _told, edge.Task) { Behind = "ahead" }]);
        await Eventually.TrueAsync(() => { lock (_told) return _told.Count == 3; }, "all have begun");
        Assert.False(last.WaitedFor.IsCompleted);
        edge.SetResult();
        await last.WaitedFor;
        pure.SetResult();
        await all;
    }

    [Fact]
    public async Task Where_no_code_is_made_ahead_nobody_waits_for_it()
    {
        var run = new Run(new Ask(new Tree("/", "/"), Filter: null, IsAll: false, TimeSpan.FromMinutes(1)), _ => { });
        await run.AllAsync([new PacedSuite("Interop", false, _told) { Behind = "ahead" }]);
        Assert.Equal(["Interop"], _told);
    }

    [Fact]
    public async Task Nobody_waits_for_what_does_not_begin_any_more()
    {
        var run = new Run(new Ask(new Tree("/", "/"), Filter: null, IsAll: false, TimeSpan.FromMinutes(1)), _ => { });
        var all = run.AllAsync(
        [
            new PacedSuite("ahead", true, _told, Task.FromException(new InvalidOperationException("It does not start."))),
            new PacedSuite("packages", true, _told), new PacedSuite("Node", false, _told) { Behind = "packages" },
        ]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => all);
        Assert.Equal(["Node", "ahead"], _told.Order(StringComparer.Ordinal));
    }
}
