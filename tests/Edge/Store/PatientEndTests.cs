using Ringwright.Store.Engines;

namespace Ringwright.Edge.Store;

public sealed class PatientEndTests
{
    [Fact]
    public async Task A_connection_that_is_gone_already_does_not_break_the_end_of_what_waits_for_it()
    {
        using var stop = new CancellationTokenSource();
        bool isTold = false;
        using var other = stop.Token.Register(() => isTold = true);
        using var gone = stop.Token.Register(static () => throw new ObjectDisposedException("event"));

        await PatientEnd.CancelAsync(stop);

        Assert.True(stop.IsCancellationRequested);
        Assert.True(isTold);
    }

    [Fact]
    public async Task Other_faults_of_what_hears_the_cancellation_are_not_hidden()
    {
        using var stop = new CancellationTokenSource();
        using var faulty = stop.Token.Register(static () => throw new InvalidOperationException("a fault"));

        await Assert.ThrowsAsync<AggregateException>(() => PatientEnd.CancelAsync(stop));
    }
}
