using System.Text;
using Ringwright.Server.Nodes;

namespace Ringwright.Edge.Server;

public sealed class AdminSocketTests
{
    [Fact]
    public void The_socket_lies_in_the_data_folder() => Assert.Equal("/srv/ringwright/admin.sock", AdminSocket.PathFor("/srv/ringwright"));

    [Theory]
    [InlineData(96)]   // with "/admin.sock" 107 bytes, what a socket's address holds
    [InlineData(97)]
    [InlineData(400)]
    public void A_folder_of_any_length_has_a_path_that_fits(int length)
    {
        string folder = "/" + new string('x', length - 1);
        string path = AdminSocket.PathFor(folder);
        Assert.True(Encoding.UTF8.GetByteCount(path) <= 107);
        Assert.Equal(length <= 96, path.StartsWith(folder, StringComparison.Ordinal));
        Assert.Equal(path, AdminSocket.PathFor(folder));
    }
}
