using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class SettingsReferenceTests
{
    [Fact]
    public void The_page_of_settings_is_up_to_date()
    {
        string page = Repository.PathOf("docs", "reference", "settings.md");
        if (Golden.IsWriting) File.WriteAllText(page, SettingsReference.Write());
        Assert.True(File.Exists(page) && File.ReadAllText(page) == SettingsReference.Write(),
            "docs/reference/settings.md is old; ./ringwright golden rewrites it");
    }

    [Fact]
    public void Each_environment_twin_is_named_once() =>
        Assert.Equal(ServeFlags.All.Count, ServeFlags.All.Select(f => f.Variable).Distinct(StringComparer.Ordinal).Count());
}
