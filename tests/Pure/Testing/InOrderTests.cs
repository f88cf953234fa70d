using Ringwright.Testing;

namespace Ringwright.Pure.Testing;

public sealed class InOrderTests
{
    [Fact]
    public async Task Whoever_awaits_it_goes_on_outside_of_the_pool()
    {
        await new InOrder().InitializeAsync();
        Assert.False(Thread.CurrentThread.IsThreadPoolThread);
    }
}
