using Ringwright.Campaigns.Rating;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class RateFileTests
{
    [Fact]
    public void Without_a_file_nothing_has_a_price() => Assert.Same(RateDeck.Empty, RateFile.Read(null));

    [Fact]
    public void A_line_that_is_no_price_stops_the_start_and_is_named()
    {
        using var folder = new TempFolder();
        string file = folder.File("rates.csv");
        File.WriteAllText(file, "+1,0.01,60,60\n+49;0.02\n");
        Assert.Equal($"--rates {file}: line 2 is not of the form +PREFIX,DOLLARS_A_MINUTE,INITIAL_SECONDS,INCREMENT_SECONDS", Assert.Throws<StartRefused>(() => RateFile.Read(file)).Message);
        File.WriteAllText(file, "+1,0.01,60,60\n");
        Assert.Equal(1, RateFile.Read(file).Count);
    }
}
