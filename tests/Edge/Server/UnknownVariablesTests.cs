using Ringwright.Server.Cli;
using Ringwright.Server.Settings;

namespace Ringwright.Edge.Server;

/// <summary>A variable that nobody reads is told: a flag that is mistyped ends the start.</summary>
public sealed class UnknownVariablesTests
{
    [Theory]
    [InlineData("RINGWRIGHT_ADVERTIZE", "RINGWRIGHT_ADVERTISE"), InlineData("RINGWRIGHT_PUBLICURL", "RINGWRIGHT_PUBLIC_URL")]
    [InlineData("RINGWRIGHT_SIP_DOMAINS", "RINGWRIGHT_SIP_DOMAIN"), InlineData("ringwright_http", "RINGWRIGHT_HTTP")]
    [InlineData("RINGWRIGHT_DATABASE_URL", null), InlineData("RINGWRIGHT_HTTP_PORT", null), InlineData("RINGWRIGHT_", null)]
    public void What_is_no_setting_is_named_with_the_one_that_may_be_meant(string name, string? meant) =>
        Assert.Equal([(name, meant)], UnknownVariables.Of(["PATH", "RINGWRIGHT_HTTP", name]));

    [Theory]
    [InlineData("RINGWRIGHT_API"), InlineData("RINGWRIGHT_TRUNK_PASSWORD"), InlineData("RINGWRIGHT_TEXT_CARRIER_PASSWORD")]
    [InlineData("RINGWRIGHT_SERVICE_HOST"), InlineData("RINGWRIGHT_SERVICE_PORT_SIP"), InlineData("RINGWRIGHT_PORT")]
    [InlineData("RINGWRIGHT_PORT_5060_UDP_ADDR"), InlineData("RINGWRIGHT_SIP_PORT_5060_UDP"), InlineData("RINGWRIGHT_SIP_SERVICE_HOST")]
    [InlineData("RINGWRIGHTER"), InlineData("TELNYX_API_KEY")]
    public void What_commands_read_and_what_Kubernetes_sets_is_nobodys_mistake(string name) => Assert.Empty(UnknownVariables.Of([name]));

    [Fact]
    public void No_setting_is_a_mistake() => Assert.Empty(UnknownVariables.Of(ServeFlags.All.Select(flag => flag.Variable)));
}
